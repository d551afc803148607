import { useMessages } from '../../i18n/index.tsx'
import styles from './menu.module.css'

/** The reactions side by side. */
export function ReactionRow({ onReact }: { readonly onReact: (reaction: string) => void }) {
  const { control, reactions } = useMessages()
  return (
    <div className={styles.reactions}>
      {Object.entries(reactions).map(([reaction, name]) => (
        <button
          key={reaction}
          type="button"
          className={styles.reaction}
          aria-label={control.reactWith(name)}
          title={name}
          onClick={() => {
            onReact(reaction)
          }}
        >
          <span aria-hidden="true">{reaction}</span>
        </button>
      ))}
    </div>
  )
}
