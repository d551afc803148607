/** The browser's family, as far as it changes where a permission is found. */
export type Browser = 'chromium' | 'firefox' | 'safari' | 'other'

/** The operating system, as far as it changes where a permission is found. */
export type System = 'windows' | 'macos' | 'ios' | 'android' | 'linux' | 'other'

export interface Platform {
  readonly browser: Browser
  readonly system: System
}

/** Reads a user agent text. Used to word help, never to decide what works. */
export function platformOf(userAgent: string): Platform {
  return { browser: browserOf(userAgent), system: systemOf(userAgent) }
}

function browserOf(agent: string): Browser {
  if (/Firefox|FxiOS/.test(agent)) return 'firefox'
  if (/Chrome|Chromium|CriOS|Edg/.test(agent)) return 'chromium'
  if (agent.includes('Safari')) return 'safari'
  return 'other'
}

function systemOf(agent: string): System {
  if (/iPhone|iPad|iPod/.test(agent)) return 'ios'
  if (agent.includes('Android')) return 'android'
  if (agent.includes('Windows')) return 'windows'
  if (/Mac OS X|Macintosh/.test(agent)) return 'macos'
  if (/Linux|X11|CrOS/.test(agent)) return 'linux'
  return 'other'
}
