/** What a single key does during a call. */
export type ShortcutAction = 'microphone' | 'camera' | 'chat' | 'screen' | 'hand' | 'quality' | 'help'

/** The keys, in the order the help sheet lists them. */
export const SHORTCUTS: readonly { readonly key: string; readonly action: ShortcutAction }[] = [
  { key: 'm', action: 'microphone' },
  { key: 'v', action: 'camera' },
  { key: 'c', action: 'chat' },
  { key: 's', action: 'screen' },
  { key: 'h', action: 'hand' },
  { key: 'q', action: 'quality' },
  { key: '?', action: 'help' },
]

/** What of a keyboard event decides. */
export interface Keystroke {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly repeat: boolean
  readonly isComposing: boolean
  readonly defaultPrevented: boolean
  readonly target: EventTarget | null
}

/** The action of a keystroke, or undefined when it is none: a chord, a repeat, or text being written. */
export function shortcutOf(stroke: Keystroke): ShortcutAction | undefined {
  if (stroke.ctrlKey || stroke.metaKey || stroke.altKey) return undefined
  if (stroke.repeat || stroke.isComposing || stroke.defaultPrevented) return undefined
  if (takesText(stroke.target)) return undefined
  const key = stroke.key.toLowerCase()
  return SHORTCUTS.find((shortcut) => shortcut.key === key)?.action
}

const TEXT_FREE_INPUTS = new Set(['button', 'checkbox', 'radio', 'range', 'submit', 'reset', 'image', 'file', 'color'])

/** Whether letters mean text here: fields, editable regions, and lists that jump to a typed letter. */
function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !TEXT_FREE_INPUTS.has(target.type)
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  const editable = target.closest('[contenteditable]')?.getAttribute('contenteditable')
  if (editable !== undefined && editable !== null && editable !== 'false') return true
  return target.closest('[role="menu"], [role="listbox"], [role="textbox"], [role="dialog"]') !== null
}
