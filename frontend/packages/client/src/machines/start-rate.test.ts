import { describe, expect, it } from 'vitest'
import { StartRate } from './start-rate.ts'

const HEAD = ['v=0', 'a=group:BUNDLE 0 1 2']
const SOUND = ['m=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:0', 'a=rtpmap:111 opus/48000/2', 'a=fmtp:111 useinbandfec=1']
const CAMERA = [
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97 102',
  'a=mid:1',
  'a=rtpmap:96 VP8/90000',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=rtpmap:102 H264/90000',
  'a=fmtp:102 packetization-mode=1',
]
const RECEIVING = ['m=video 9 UDP/TLS/RTP/SAVPF 96', 'a=mid:2', 'a=rtpmap:96 VP8/90000']

const text = (...sections: readonly (readonly string[])[]): string => `${sections.flat().join('\r\n')}\r\n`
const ANSWER = text(HEAD, SOUND, CAMERA, RECEIVING)

const hints = (sdp: string): string[] => sdp.split('\r\n').filter((line) => line.includes('x-google'))

describe('the rate to begin with', () => {
  it('is told for every codec of the lines that send pictures, and nothing else changes', () => {
    const told = new StartRate().hint(ANSWER, [{ mid: '1', most: 500_000 }])
    expect(hints(told)).toEqual([
      'a=fmtp:96 x-google-start-bitrate=450',
      'a=fmtp:102 packetization-mode=1;x-google-start-bitrate=450',
    ])
    const without = told.replace('a=fmtp:96 x-google-start-bitrate=450\r\n', '').replace(';x-google-start-bitrate=450', '')
    expect(without).toBe(ANSWER)
  })

  it('is never so high that a line of usual width would choke', () => {
    expect(hints(new StartRate().hint(ANSWER, [{ mid: '1', most: 5_000_000 }]))[0]).toBe('a=fmtp:96 x-google-start-bitrate=1000')
  })

  it('is left to the browser where little is sent', () => {
    expect(new StartRate().hint(ANSWER, [{ mid: '1', most: 300_000 }])).toBe(ANSWER)
    expect(new StartRate().hint(ANSWER, [])).toBe(ANSWER)
  })

  it('stays what it was, so that the browser keeps what it has learnt', () => {
    const rate = new StartRate()
    const first = rate.hint(ANSWER, [{ mid: '1', most: 600_000 }])
    expect(rate.hint(ANSWER, [{ mid: '1', most: 600_000 }])).toBe(first)
    const later = rate.hint(ANSWER, [{ mid: '1', most: 900_000 }, { mid: '2', most: 2_500_000 }])
    expect(hints(later)).toHaveLength(3)
    expect(hints(later).every((line) => line.endsWith('x-google-start-bitrate=540'))).toBe(true)
  })
})
