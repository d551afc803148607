import js from '@eslint/js'
import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

/** @param {string[]} patterns @param {string} message */
const wall = (patterns, message) => ({
  '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{ group: patterns, message }] }],
})

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/playwright-report/**', '**/test-results/**', '**/generated.ts'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.test.{ts,tsx}', 'e2e/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // A component is markup as much as code; its length is judged in review.
    files: ['**/*.tsx'],
    rules: { 'max-lines-per-function': ['error', { max: 120, skipComments: true, skipBlankLines: true }] },
  },
  {
    files: ['packages/react/**/*.{ts,tsx}', 'apps/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat['recommended-latest'] ?? reactHooks.configs.flat.recommended],
  },
  {
    files: ['packages/protocol/**/*.ts'],
    rules: wall(['react', 'react-dom', '@seameet/*'], 'The protocol package stands alone.'),
  },
  {
    files: ['packages/client/**/*.ts'],
    rules: wall(
      ['react', 'react-dom', 'react/*', '@seameet/react', '@seameet/meet', '**/apps/**'],
      'The client knows no framework and no application.',
    ),
  },
  {
    files: ['packages/react/**/*.{ts,tsx}'],
    rules: wall(['@seameet/meet', '**/apps/**', '@seameet/protocol'], 'The hooks know the client, never the app or the wire.'),
  },
  {
    files: ['apps/meet/src/**/*.{ts,tsx}'],
    rules: wall(['@seameet/protocol'], 'The app talks to the client, never to the wire.'),
  },
  {
    // Features see what is shared, never each other: `../lobby/…` from `features/room` is the fault meant here.
    files: ['apps/meet/src/features/**/*.{ts,tsx}'],
    rules: wall(
      ['@seameet/protocol', '**/features/*', '**/features/**', '../../features/**'],
      'A feature never imports another feature; lift what both need into shared code.',
    ),
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
)
