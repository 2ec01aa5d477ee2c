// A host whose worker never ends its run: prints the worker's process id, and waits to be killed.
import { findHostTools } from '../../src/sandbox/host-tools.ts'
import { gvisorSteps, isolationSteps } from '../../src/sandbox/isolation-step.ts'
import { defaultSandboxLimits } from '../../src/sandbox/limits.ts'
import { createSandboxOver } from '../../src/sandbox/sandbox.ts'
import { countingModel } from '../models.ts'

const tools = findHostTools()
const all = [...isolationSteps(tools, defaultSandboxLimits), ...gvisorSteps(tools, defaultSandboxLimits)]
const steps = all.filter(({ name }) => name.startsWith(process.argv[2] ?? ''))
const session = await createSandboxOver(tools, steps, {}).open({ main: countingModel() })
const trips = { type: 'int64', dims: [1], data: BigInt64Array.of(2n ** 62n) } as const
const run = session.run({ trips })
setTimeout(() => process.stdout.write(`${session.pid}\n`), 100)
await run
