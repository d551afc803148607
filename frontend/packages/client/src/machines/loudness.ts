/** What counts as silence. */
const FLOOR_DB = -60

/** Root mean square as a share of the hearable range, 0 to 1: a bar of this length looks as loud as it sounds. */
export function loudness(rms: number): number {
  if (rms <= 0) return 0
  return Math.min(1, Math.max(0, 1 - (20 * Math.log10(rms)) / FLOOR_DB))
}
