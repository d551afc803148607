import { useEffect, useState } from 'react'

export type CopyState = 'idle' | 'copied' | 'failed'

/** Copies a text and says for a while what became of it. */
export function useCopy(text: string): { readonly state: CopyState; readonly copy: () => void } {
  const [state, setState] = useState<CopyState>('idle')
  useEffect(() => {
    if (state !== 'copied') return
    const timer = setTimeout(() => {
      setState('idle')
    }, 2500)
    return () => {
      clearTimeout(timer)
    }
  }, [state])
  return {
    state,
    copy: () => {
      void write(text).then(setState)
    },
  }
}

/** Pages without https have no clipboard; then the caller shows the text so that it can be copied by hand. */
async function write(text: string): Promise<CopyState> {
  try {
    await navigator.clipboard.writeText(text)
    return 'copied'
  } catch {
    return 'failed'
  }
}
