// Builds each library entry by itself, minified, and compares its gzip size with its budget in bytes.
import { gzipSync } from 'node:zlib'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const budgets = [
  { name: '@seameet/client', entry: 'packages/client/src/index.ts', budget: 30 * 1024 },
  { name: '@seameet/client/devices', entry: 'packages/client/src/devices/index.ts', budget: 6 * 1024 },
]

let failed = false
for (const { name, entry, budget } of budgets) {
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      minify: true,
      lib: { entry: join(root, entry), formats: ['es'], fileName: 'out' },
    },
  })
  const outputs = Array.isArray(result) ? result.flatMap(({ output }) => output) : 'output' in result ? result.output : []
  const code = outputs.map((part) => (part.type === 'chunk' ? part.code : '')).join('')
  const size = gzipSync(code, { level: 9 }).length
  const ok = code.length > 0 && size <= budget
  failed ||= !ok
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}: ${size} of ${budget} bytes gzip (${code.length} minified)`)
}
process.exitCode = failed ? 1 : 0
