/** How good a connection is, in the words of the interface. */
export type Grade = 'excellent' | 'good' | 'fair' | 'weak' | 'lost'

export interface GradeView {
  readonly grade: Grade
  /** Bars of four that are lit. */
  readonly bars: number
}

/** Grades a score of 0 to 5, see `Quality`. */
export function gradeOf(score: number): GradeView {
  if (score >= 4.5) return { grade: 'excellent', bars: 4 }
  if (score >= 3.5) return { grade: 'good', bars: 3 }
  if (score >= 2.5) return { grade: 'fair', bars: 2 }
  return score >= 0.5 ? { grade: 'weak', bars: 1 } : { grade: 'lost', bars: 0 }
}

/** Whether it is worth a sign that stays: people notice it by eye and ear. */
export function isPoor({ grade }: GradeView): boolean {
  return grade !== 'excellent' && grade !== 'good'
}
