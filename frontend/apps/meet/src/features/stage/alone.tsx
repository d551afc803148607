import { useMessages } from '../../i18n/index.tsx'
import { useCopy } from '../../lib/use-copy.ts'
import { Button } from '../../ui/button.tsx'
import styles from './alone.module.css'

/** What to do while nobody else is here. */
export function Alone({ link }: { readonly link: string }) {
  const { room, control } = useMessages()
  const { state, copy } = useCopy(link)
  return (
    <section className={styles.alone} aria-label={room.inviteTitle}>
      <h2 className={styles.title}>{room.alone}</h2>
      <p className={styles.hint}>{room.aloneHint}</p>
      <p className={styles.link}>{link}</p>
      <Button look="primary" icon={state === 'copied' ? 'check' : 'copy'} wide onClick={copy}>
        {state === 'copied' ? control.copied : control.copyLink}
      </Button>
    </section>
  )
}
