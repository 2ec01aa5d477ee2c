import { findHostTools } from '../../src/sandbox/host-tools.ts'

/** The programs of the host that the tests run on. */
export const tools = findHostTools()

/** Why a test that needs bubblewrap is skipped, for its name; empty when it runs. */
export const withoutBubblewrap =
  tools.bwrap === undefined || tools.prlimit === undefined
    ? ' (skipped: needs `apt install bubblewrap util-linux`)'
    : ''

/** Why a test that needs prlimit is skipped, for its name; empty when it runs. */
export const withoutPrlimit = tools.prlimit === undefined ? ' (skipped: needs `apt install util-linux`)' : ''
