import { readFileSync } from 'node:fs'
import { isNootropicError } from '@nootropic/core'
import type { HostTools } from '../../src/sandbox/host-tools.ts'
import { type IsolationStep, isolationSteps } from '../../src/sandbox/isolation-step.ts'
import { defaultSandboxLimits } from '../../src/sandbox/limits.ts'
import { createMailboxes } from '../../src/sandbox/mailboxes.ts'
import type { WorkerFiles } from '../../src/sandbox/worker-files.ts'
import { startWorker, type WorkerProcess } from '../../src/sandbox/worker-process.ts'
import { frameTypes } from '../../src/worker/protocol.ts'
import type { Attack, Success } from './attack.ts'
import type { Order } from './attack-worker.ts'
import { type Bait, descendantsOf } from './bait.ts'
import { attacks } from './catalogue.ts'

/** `start`: no model is there yet. `serve`: the second filter is set. */
export type Stage = 'start' | 'serve'

/** What became of one attack. */
export interface Outcome {
  readonly name: string
  /** How it came through; none when it was held. */
  readonly successes: readonly Success[]
  /** The attacker's own words, or how its worker ended. */
  readonly said: string
}

/** As those of real workers, with less memory: Node 24 starts with no less than this. */
export const attackLimits = { ...defaultSandboxLimits, memoryBytes: 768 * 1024 ** 2, outputBytes: 1024 ** 2 }

const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--']

/** The ways to start a worker that the attacks go against, and the two that hold nothing. */
export const waysOf = (tools: HostTools) => {
  const steps = isolationSteps(tools, attackLimits)
  const [plain] = steps.slice(-1) as [IsolationStep]
  const before = (prefix: readonly string[]): IsolationStep => ({
    ...plain,
    command: (files) => [...prefix, ...plain.command(files)],
  })
  const first = (wall: string) => steps.find(({ name }) => name.startsWith(wall))
  return {
    bubblewrap: first('bubblewrap'),
    Landlock: first('Landlock'),
    /** An ordinary user's process. */
    plain: tools.isRoot ? before([tools.setpriv ?? 'setpriv', ...nobody]) : plain,
    /** Root's, in namespaces of its own, so that what it changes goes with it. */
    privileged: before(['unshare', '--mount', '--uts', '--ipc', '--net']),
  }
}

/** Whoever means to hold its host up is not waited for; on the others a busy machine may take its time. */
const patienceWith = ({ success }: Attack): number => (success === 'end' || success === 'burden' ? 1000 : 30_000)

/** As much as the host may take for what a worker sends, beyond what its own work takes. */
const mostBurden = 128 * 1024 ** 2

const isGone = (id: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
  } catch {
    return true
  }
}

/** Ends a worker; whether nothing of it lives on. */
const end = async (worker: WorkerProcess): Promise<boolean> => {
  const all = [worker.pid, ...descendantsOf(worker.pid)]
  await worker.kill()
  for (let turn = 0; turn < 400; turn += 1) {
    if (all.every(isGone)) return true
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return false
}

export const startAttacker = async (step: IsolationStep, files: WorkerFiles, stage: Stage): Promise<WorkerProcess> => {
  const worker = startWorker(step, files, { limits: attackLimits, mailboxes: createMailboxes(attackLimits) })
  const names = (await give(worker, { names: true }, 30_000)).split(/\s+/).slice(1, -1)
  const listed = attacks.map(({ name }) => name)
  if (names.sort().join() !== listed.sort().join())
    throw new Error('expected the attacks of native/*.c in the catalogue')
  if (stage === 'serve') await worker.request(frameTypes.load, {}, [], 0)
  return worker
}

/** What the worker said to an order, or how it ended. */
export const give = async (worker: WorkerProcess, order: Order, patienceMs: number): Promise<string> => {
  let patience: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    patience = setTimeout(resolve, patienceMs, 'no answer')
  })
  const said = worker.request(frameTypes.run, order, [], 1024).then(
    ({ head }) => String((head as { answer: unknown }).answer),
    (error: unknown) => {
      if (!isNootropicError(error)) throw error
      return `${error.message} ${String(error.details.stderr ?? '')}`
    },
  )
  const first = await Promise.race([said, late])
  clearTimeout(patience)
  return first
}

/** Makes each attack against a way to start a worker, in one worker for as long as it lives. */
export const assail = async (
  { step, files, stage, bait }: { step: IsolationStep; files: WorkerFiles; stage: Stage; bait: Bait },
  chosen: readonly Attack[],
): Promise<Outcome[]> => {
  const outcomes: Outcome[] = []
  let worker: WorkerProcess | undefined
  for (const attack of chosen) {
    const { name, success, amount, isAlone } = attack
    if (isAlone && worker !== undefined) {
      await end(worker)
      worker = undefined
    }
    worker ??= await startAttacker(step, files, stage)
    const before = new Set(descendantsOf(process.pid))
    const memory = process.memoryUsage.rss()
    const said = await give(worker, { attack: name, bait: bait.line(amount) }, patienceWith(attack))
    const added = descendantsOf(process.pid).filter((id) => !before.has(id))
    const isBurdened = process.memoryUsage.rss() - memory > mostBurden
    const effects = await bait.look(said)
    const isOver = isAlone || !worker.isAlive || said === 'no answer'
    const hasEnded = isOver ? await end(worker) : true
    if (isOver) worker = undefined
    outcomes.push({
      name,
      successes: [
        ...effects,
        ...(added.length > 0 ? (['process'] as const) : []),
        ...(isBurdened ? (['burden'] as const) : []),
        ...(hasEnded ? [] : (['end'] as const)),
        ...(success === 'word' && /^\d/.test(said) ? (['word'] as const) : []),
      ],
      said: said.slice(0, 200),
    })
  }
  if (worker !== undefined) await end(worker)
  return outcomes
}
