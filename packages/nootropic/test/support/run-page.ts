import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const stepPattern = /^```sh\n(?<script>[\s\S]*?)^```\n(?:\n```\n(?<output>[\s\S]*?)^```$)?/gm

/** A step of a page: what a reader types, what the page says is printed, and what was. */
interface PageStep {
  readonly script: string
  readonly promised: string
  readonly printed: string
  readonly diagnostics: string
  readonly exit: number | null
}

/** Runs the shell commands of a page one after the other, as a reader whose own directory is `directory`. */
export const runPage = (page: string, directory: string): PageStep[] => {
  const tsx = join(root, 'node_modules/tsx/dist/loader.mjs')
  const main = join(root, 'packages/nootropic/src/main.ts')
  const command = [process.execPath, '--import', tsx, '--conditions=@nootropic/source', main]
  const words = command.map((word) => `'${word}'`).join(' ')
  writeFileSync(join(directory, 'npx.sh'), `npx() { shift; ${words} "$@"; }\n`)
  return [...page.matchAll(stepPattern)].map(({ groups: { script = '', output = '' } = {} }) => {
    const { stdout, stderr, status } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', `. ./npx.sh\n${script}`], {
      cwd: directory,
      env: { ...process.env, HOME: directory },
      encoding: 'utf8',
      timeout: 120_000,
    })
    return { script, promised: output, printed: stdout, diagnostics: stderr, exit: status }
  })
}
