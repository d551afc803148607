// Type-checks every workspace that has a tsconfig.json, one after the other, and fails when one fails.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const folders = ['.', ...inside('packages'), ...inside('apps'), 'e2e']
let failed = false
for (const folder of folders) {
  const project = join(root, folder, 'tsconfig.json')
  if (!existsSync(project)) continue
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], {
    stdio: 'inherit',
  })
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${folder}`)
  failed ||= status !== 0
}
process.exitCode = failed ? 1 : 0

/** @param {string} folder */
function inside(folder) {
  return readdirSync(join(root, folder)).map((name) => join(folder, name))
}
