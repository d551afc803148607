import type { TrackPublication } from '@seameet/client'
import type { VideoHTMLAttributes } from 'react'
import { useCallback } from 'react'

interface VideoViewProps extends Omit<VideoHTMLAttributes<HTMLVideoElement>, 'src' | 'children'> {
  readonly publication: Pick<TrackPublication, 'attach'>
}

/** A publication's picture. The client fills the element and empties it again; React only places it. */
export function VideoView({ publication, ...attributes }: VideoViewProps) {
  const attach = useCallback(
    (element: HTMLVideoElement | null) => (element === null ? undefined : publication.attach(element)),
    [publication],
  )
  return <video ref={attach} autoPlay playsInline muted disablePictureInPicture {...attributes} />
}
