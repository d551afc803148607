import { useMessages } from '../../i18n/index.tsx'
import { REACTIONS, ReactionSign } from '../../ui/reaction-sign.tsx'
import styles from './menu.module.css'

/** The reactions side by side. */
export function ReactionRow({ onReact }: { readonly onReact: (reaction: string) => void }) {
  const { control, reaction: nameOf } = useMessages()
  return (
    <div className={styles.reactions}>
      {REACTIONS.map((reaction) => (
        <button
          key={reaction}
          type="button"
          className={styles.reaction}
          aria-label={control.reactWith(nameOf(reaction))}
          title={nameOf(reaction)}
          onClick={() => {
            onReact(reaction)
          }}
        >
          <ReactionSign reaction={reaction} />
        </button>
      ))}
    </div>
  )
}
