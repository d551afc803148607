import { defineConfig } from 'vitest/config'

// The client and the protocol are tested in plain Node with fakes: what needs a DOM there is a fault in the
// design. React and the app get jsdom.
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          environment: 'node',
          include: ['packages/{protocol,client}/src/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'dom',
          environment: 'jsdom',
          include: ['{packages/react,apps/meet}/src/**/*.test.{ts,tsx}'],
          setupFiles: ['./scripts/dom-setup.ts'],
          // axe reads whole pages; on a machine that does other things beside, that takes a while.
          testTimeout: 20_000,
          // Without `include` Vitest hands out empty text, and a test reads the palette.
          css: { include: [/tokens\.css/], modules: { classNameStrategy: 'non-scoped' } },
        },
      },
    ],
  },
})
