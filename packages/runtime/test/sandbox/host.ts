import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findHostTools } from '../../src/sandbox/host-tools.ts'

/** What of the host the tests run on. */
export const tools = findHostTools()

/** Why a test that needs bubblewrap is skipped, for its name; empty when it runs. */
export const withoutBubblewrap =
  tools.bwrap === undefined || tools.prlimit === undefined
    ? ' (skipped: needs `apt install bubblewrap util-linux`)'
    : ''

/** Why a test that needs prlimit is skipped, for its name; empty when it runs. */
export const withoutPrlimit = tools.prlimit === undefined ? ' (skipped: needs `apt install util-linux`)' : ''

/** Why a test that needs Landlock is skipped, for its name; empty when it runs. */
export const withoutLandlock =
  tools.launcher === undefined || tools.landlock === undefined
    ? ' (skipped: needs koffi, the built launcher and a kernel with Landlock)'
    : ''

const isOpenTo = (path: string): boolean => {
  const isOpen = (statSync(path).mode & 0o001) !== 0
  return isOpen && (dirname(path) === path || isOpenTo(dirname(path)))
}
const here = dirname(fileURLToPath(import.meta.url))

/** Why a test that needs nobody to read this checkout and Node is skipped, for its name; empty when it runs. */
export const closedToNobody =
  isOpenTo(here) && isOpenTo(dirname(process.execPath)) ? '' : ' (skipped: nobody is not let through to it)'

/** Why a test that needs bubblewrap with the worker that it has first is skipped, for its name: as root that one is nobody. */
export const withoutFirstBubblewrap = withoutBubblewrap || (tools.isRoot ? closedToNobody : '')

/** Why a test that needs gVisor is skipped, for its name; empty when it runs. As root, its workers become nobody. */
export const withoutGvisor =
  tools.runsc === undefined || tools.launcher === undefined
    ? ' (skipped: needs `apt install runsc`, koffi and the built launcher)'
    : tools.isRoot
      ? closedToNobody
      : ''

/** Why a test that needs to be root is skipped, for its name; empty when it runs. */
export const withoutRoot = tools.isRoot ? '' : ' (skipped: this user is not root)'
