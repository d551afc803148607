import type { FakeRoom } from '@seameet/client/testing'
import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import type { AxeResults } from 'axe-core'
import axe from 'axe-core'
import { App } from '../app/app.tsx'
import { en } from '../i18n/en.ts'

/** Renders the whole app over a fake room, at an address, in a window of a size that jsdom itself does not have. */
export function renderApp(room: FakeRoom, options: { path?: string; token?: string; secure?: boolean } = {}) {
  giveElementsSize()
  history.replaceState(null, '', options.path ?? '/r/test-room')
  const user = userEvent.setup()
  const view = render(<App room={room} messages={en} token={options.token} secure={options.secure ?? true} />)
  return { ...view, user }
}

/** What axe finds wrong with the page, one line each; empty when nothing is. */
export async function axeFaults(): Promise<string[]> {
  const results: AxeResults = await axe.run(document.body, {
    // Colours are checked against the palette in contrast.test.ts: jsdom lays nothing out and computes none.
    rules: { 'color-contrast': { enabled: false } },
  })
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)
}

/** jsdom lays nothing out: every element gets the size of a small laptop's window. */
function giveElementsSize(width = 1280, height = 720): void {
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => width })
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, get: () => height })
  Object.assign(globalThis, { ResizeObserver: SilentObserver, matchMedia: neverMatches })
  Object.assign(Element.prototype, { scrollIntoView: () => undefined, hasPointerCapture: () => false })
}

class SilentObserver implements ResizeObserver {
  observe(): void {
    // Nothing ever changes its size here.
  }
  unobserve(): void {
    // Nothing was observed.
  }
  disconnect(): void {
    // Nothing was observed.
  }
}

/** A window that is wide, and whose user asked for nothing special. */
function neverMatches(media: string) {
  return { matches: false, media, addEventListener: () => undefined, removeEventListener: () => undefined }
}
