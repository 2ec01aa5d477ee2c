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

/** Why a test that needs to be root is skipped, for its name; empty when it runs. */
export const withoutRoot = tools.isRoot ? '' : ' (skipped: this user is not root)'
