/** A piece of a chat message: plain text, or an address that may be opened. */
export type TextPart = { readonly text: string } | { readonly text: string; readonly href: string }

/** Only what starts with a web scheme is a link; a closing mark after it belongs to the sentence. */
const WEB_ADDRESS = /\bhttps?:\/\/[^\s<>"'`\\{}|^]+/giu
const SENTENCE_END = /[.,;:!?…)\]]+$/u

/**
 * Splits a message into text and links. Nothing else of the message is interpreted, and an address is shown as it was
 * written, so that a link cannot pretend to lead elsewhere.
 */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = []
  let done = 0
  for (const match of text.matchAll(WEB_ADDRESS)) {
    const shown = trimmed(match[0])
    const href = safeAddress(shown)
    if (href === undefined) continue
    if (match.index > done) parts.push({ text: text.slice(done, match.index) })
    parts.push({ text: shown, href })
    done = match.index + shown.length
  }
  if (done < text.length) parts.push({ text: text.slice(done) })
  return parts
}

/** Brackets that the address itself opened stay with it. */
function trimmed(address: string): string {
  const end = SENTENCE_END.exec(address)
  if (end === null) return address
  const balanced = address.includes('(') && end[0].startsWith(')') ? 1 : 0
  return address.slice(0, end.index + balanced)
}

/** Refuses what does not parse and addresses with a user name, which exist to deceive: `https://bank.example@evil`. */
function safeAddress(text: string): string | undefined {
  try {
    const url = new URL(text)
    const web = url.protocol === 'https:' || url.protocol === 'http:'
    return web && url.username === '' && url.password === '' ? url.href : undefined
  } catch {
    return undefined
  }
}
