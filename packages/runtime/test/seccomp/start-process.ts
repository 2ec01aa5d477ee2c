// Puts the filter of the first stage on itself and becomes another program: WORD... It keeps the standard streams.
import { become, dropCapabilities, keepOpen, setFilter } from '../../src/sandbox/native/give-up.ts'
import { openKernel } from '../../src/sandbox/native/kernel.ts'
import { seccompFilter } from '../../src/sandbox/seccomp/filter.ts'

const words = process.argv.slice(2)
const kernel = openKernel()
for (const descriptor of [0, 1, 2]) keepOpen(kernel, descriptor)
dropCapabilities(kernel)
setFilter(kernel, seccompFilter(kernel.architecture, 'start', process.pid))
become(kernel, { program: words[0] ?? '', words, environment: { ORT_DISABLE_TELEMETRY: '1' } })
