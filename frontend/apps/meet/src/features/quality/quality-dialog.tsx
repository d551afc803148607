import { useRoom, useStats, useStore } from '@seameet/react'
import { useMessages } from '../../i18n/index.tsx'
import { useCopy } from '../../lib/use-copy.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Bars } from './bars.tsx'
import styles from './quality-dialog.module.css'
import type { OwnFigures, PictureRow } from './report.ts'
import { ownFigures, pictureRows, reportText } from './report.ts'
import { gradeOf } from './score.ts'

/** Fast enough to see a change, slow enough to read. */
const READ_EVERY = 1000

interface QualityDialogProps {
  readonly open: boolean
  readonly onClose: () => void
}

/** How the call fares: the own line, and each picture with the reason why it is as it is. */
export function QualityDialog({ open, onClose }: QualityDialogProps) {
  const { quality } = useMessages()
  return (
    <Dialog open={open} onClose={onClose} title={quality.title}>
      <Figures />
    </Dialog>
  )
}

/** Only there while the dialog is open, so that nothing is read for nobody. */
function Figures() {
  const { quality: texts } = useMessages()
  const room = useRoom()
  const stats = useStats(READ_EVERY)
  const quality = useStore(room.connectionQuality)
  const own = stats === null ? null : ownFigures(stats, quality)
  const rows = stats === null ? [] : pictureRows(room, stats, texts)
  const { state, copy } = useCopy(own === null ? '' : reportText(own, quality, rows))
  return (
    // Changes every second, and must not be read out every second.
    <div className={styles.parts} aria-live="off">
      <section className={styles.part} aria-labelledby="quality-own">
        <h3 id="quality-own" className={styles.heading}>
          {texts.own}
        </h3>
        <OwnScore />
        {own !== null && <OwnLine own={own} />}
      </section>
      <section className={styles.part} aria-labelledby="quality-pictures">
        <h3 id="quality-pictures" className={styles.heading}>
          {texts.pictures}
        </h3>
        {rows.length === 0 ? (
          <p className={styles.note}>{texts.noPictures}</p>
        ) : (
          <ul className={styles.rows}>
            {rows.map((row) => (
              <Row key={row.key} row={row} />
            ))}
          </ul>
        )}
      </section>
      <div className={styles.report}>
        <Button icon={state === 'copied' ? 'check' : 'copy'} onClick={copy} disabled={own === null}>
          {state === 'copied' ? texts.copied : texts.copy}
        </Button>
        <p className={styles.note} role="status">
          {state === 'failed' ? texts.copyFailed : texts.copyHint}
        </p>
      </div>
    </div>
  )
}

function OwnScore() {
  const { quality: texts } = useMessages()
  const quality = useStore(useRoom().local.quality)
  if (quality === null) return <p className={styles.note}>{texts.unknownYet}</p>
  const { grade, bars } = gradeOf(quality.score)
  return (
    <div className={styles.score} data-grade={grade}>
      <Bars lit={bars} />
      <p>
        <strong className={styles.grade}>{texts.grades[grade]}</strong>
        {quality.causes.length > 0 && <span className={styles.why}>{quality.causes.map((cause) => texts.ownCauses[cause]).join(' ')}</span>}
      </p>
    </div>
  )
}

function OwnLine({ own }: { readonly own: OwnFigures }) {
  const { quality: texts } = useMessages()
  const figures: readonly (readonly [name: string, value: string, hint?: string | undefined])[] = [
    [texts.sending, texts.rate(own.sending), own.canSend === null ? undefined : texts.of(texts.rate(own.canSend))],
    [texts.receiving, texts.rate(own.receiving), own.canReceive === null ? undefined : texts.of(texts.rate(own.canReceive))],
    [texts.lostUp, texts.share(own.lossUp)],
    [texts.lostDown, texts.share(own.lossDown)],
    [texts.roundTrip, own.roundTrip === null ? texts.none : texts.milliseconds(own.roundTrip)],
    [texts.route, texts.routes(own.route)],
  ]
  return (
    <dl className={styles.figures}>
      {figures.map(([name, value, hint]) => (
        <div key={name} className={styles.figure}>
          <dt>{name}</dt>
          <dd>
            {value}
            {hint !== undefined && <small>{hint}</small>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

const CALM: readonly string[] = ['full', 'size', 'hidden', 'muted', 'publisher', 'empty', 'waiting-for-keyframe', 'unknown']

function Row({ row }: { readonly row: PictureRow }) {
  const { quality: texts, room } = useMessages()
  const size = row.width === null || row.height === null ? null : texts.size(row.width, row.height)
  const frames = row.framesPerSecond === null ? null : texts.frames(row.framesPerSecond)
  const flows = row.kilobitsPerSecond > 0 ? [size, frames, texts.rate(row.kilobitsPerSecond)].filter((part) => part !== null) : []
  return (
    <li className={styles.row} data-cause={row.cause}>
      <p className={styles.name}>
        <Icon name={row.screen ? 'screen' : 'camera'} size={18} />
        <span>{row.screen ? room.screenOf(row.name) : row.name}</span>
      </p>
      <p className={styles.numbers}>{flows.length === 0 ? texts.nothing : flows.join(' · ')}</p>
      <p className={CALM.includes(row.cause) ? styles.cause : styles.limited}>{row.words}</p>
    </li>
  )
}
