import { cleanup } from '@testing-library/react'
import { afterEach } from 'vitest'

// What React rendered in one test must not be found by the next.
afterEach(() => {
  cleanup()
})
