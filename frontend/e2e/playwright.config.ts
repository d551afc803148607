import { defineConfig } from '@playwright/test'
import type { Options } from './src/fixtures.ts'

/** Real browsers against the real server. One call at a time: the picture checks need the processor. */
export default defineConfig<Options>({
  testDir: './tests',
  outputDir: './test-results',
  timeout: 90_000,
  expect: { timeout: 20_000 },
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  // A test that fails now and then is a fault to be found, not to be repeated.
  retries: 0,
  reporter: [['list']],
  projects: [
    { name: 'chromium', use: { browsers: 'chromium' } },
    // All but H.264, which Firefox has only with a plugin that it downloads.
    { name: 'firefox', use: { browsers: 'firefox' } },
    { name: 'mixed', use: { browsers: 'mixed' }, testMatch: /(call|codecs|together)\.spec\.ts/ },
  ],
})
