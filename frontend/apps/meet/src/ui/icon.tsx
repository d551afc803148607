import type { IconName } from './icons.ts'
import { ICONS } from './icons.ts'

interface IconProps {
  readonly name: IconName
  readonly size?: number
  readonly className?: string | undefined
}

/** A sign that stands beside a word, or inside a control that has a name of its own; never read out. */
export function Icon({ name, size = 24, className }: IconProps) {
  const dots = name === 'more'
  return (
    <svg
      className={className}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={dots ? 2.8 : 1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {ICONS[name].map((outline) => (
        <path key={outline} d={outline} />
      ))}
    </svg>
  )
}
