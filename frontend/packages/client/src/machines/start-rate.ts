/** What browsers begin with when nobody tells them; a hint below it would only hold them back. */
const USUAL = 300_000
/**
 * Most lines take this much at once, and those that do not are noticed within moments. Beyond it, a start that is too
 * high costs more than the seconds that it saves.
 */
const MOST = 1_000_000
/** The encoder need not reach its limits at once; what is left is for sound and repairs. */
const SHARE = 0.9
const CODECS = /^a=rtpmap:(\d+) (?:VP8|VP9|AV1|H264|H265)\//gim

/** A line that sends pictures. */
export interface SendingLine {
  readonly mid: string | null
  /** Bits per second that all its encodings together may use. */
  readonly most: number
}

/**
 * Tells Chromium and its kin what to begin with. They believe at first that any line takes 300 kbit/s, and when the few
 * packets that they try the line with come late, which a busy machine is enough for, they climb from there for a quarter
 * of a minute, with no larger picture for anybody. Other browsers do not know the parameter and ignore it.
 */
export class StartRate {
  /**
   * Kilobits per second. Chosen once for a peer connection: a hint that changes makes the browser forget what it has
   * learnt of the line, the same again does nothing.
   */
  #chosen: number | null = null

  /** The server's answer with the hint. */
  hint(answer: string, lines: readonly SendingLine[]): string {
    this.#chosen ??= choose(lines)
    const kilobits = this.#chosen
    if (kilobits === null) return answer
    const mids = lines.map(({ mid }) => mid)
    return answer
      .split(/(?=^m=)/m)
      .map((section) => (mids.includes(midOf(section)) ? hinted(section, kilobits) : section))
      .join('')
  }
}

function choose(lines: readonly SendingLine[]): number | null {
  const wanted = lines.reduce((sum, { most }) => sum + most, 0) * SHARE
  return wanted <= USUAL ? null : Math.round(Math.min(wanted, MOST) / 1000)
}

function midOf(section: string): string {
  return /^a=mid:(.*)$/m.exec(section)?.[1] ?? ''
}

function hinted(section: string, kilobits: number): string {
  const parameter = `x-google-start-bitrate=${kilobits}`
  return [...section.matchAll(CODECS)].reduce((text, [, type = '']) => {
    const format = new RegExp(`^a=fmtp:${type} .*$`, 'm')
    if (format.test(text)) return text.replace(format, (line) => `${line};${parameter}`)
    return text.replace(new RegExp(`^a=rtpmap:${type} .*$`, 'm'), (line) => `${line}\r\na=fmtp:${type} ${parameter}`)
  }, section)
}
