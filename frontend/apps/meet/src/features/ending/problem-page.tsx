import { useMessages } from '../../i18n/index.tsx'
import { Button } from '../../ui/button.tsx'
import type { IconName } from '../../ui/icons.ts'
import { MessagePage } from '../../ui/message-page.tsx'
import type { Problem } from './problem.ts'
import { canRetry } from './problem.ts'

interface ProblemPageProps {
  readonly problem: Problem
  /** The client's own code, for whoever helps. */
  readonly code: string | undefined
  /** What the server said, in its own words. */
  readonly message: string | null
  readonly busy: boolean
  readonly onRetry: () => void
  readonly onLobby: () => void
}

const SIGNS: Readonly<Record<Problem, IconName>> = {
  'connect/unreachable': 'weak',
  'connect/auth-rejected': 'lock',
  'connect/room-full': 'people',
  'connect/too-many-rooms': 'people',
  'connect/bad-room': 'alert',
  'connect/bad-name': 'person',
  'connect/unsupported-protocol': 'refresh',
  'connect/ice-failed': 'weak',
  'policy/rate-limited': 'alert',
  insecure: 'lock',
  unknown: 'alert',
}

/** Joining failed: which kind of failure, in plain words, and what can be done about it. */
export function ProblemPage({ problem, code, message, busy, onRetry, onLobby }: ProblemPageProps) {
  const { problem: texts, app, ended, lobby } = useMessages()
  const { title, text } = texts[problem]
  return (
    <MessagePage
      icon={SIGNS[problem]}
      tone="warning"
      title={title}
      actions={
        <>
          {problem === 'connect/unsupported-protocol' && (
            <Button
              look="primary"
              size="large"
              onClick={() => {
                location.reload()
              }}
            >
              {texts.reload}
            </Button>
          )}
          {canRetry(problem) && (
            <Button look="primary" size="large" data-testid="retry-button" aria-disabled={busy} onClick={onRetry}>
              {busy ? lobby.joining : app.retry}
            </Button>
          )}
          <Button look={problem === 'insecure' ? 'primary' : 'quiet'} size="large" onClick={onLobby}>
            {problem === 'insecure' ? texts.joinAnyway : ended.lobby}
          </Button>
        </>
      }
    >
      <p data-testid="problem" data-problem={problem}>
        {text}
      </p>
      {message !== null && <p>{ended.serverSays(message)}</p>}
      {problem === 'unknown' && code !== undefined && <p>{texts.code(code)}</p>}
    </MessagePage>
  )
}
