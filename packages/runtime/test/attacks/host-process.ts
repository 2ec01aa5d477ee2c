// A host of its own, for whoever it is started as: makes the attacks that it is told to, and tells what became of them.
import { findHostTools } from '../../src/sandbox/host-tools.ts'
import { findWorkerFiles } from '../../src/sandbox/worker-files.ts'
import { assail, give, type Outcome, type Stage, startAttacker, waysOf } from './assail.ts'
import { layBait } from './bait.ts'
import { attacks } from './catalogue.ts'
import { rawCalls, wordsOf } from './raw-calls.ts'

/** What a host is to do: the attacks, the raw system calls or the attacks where nothing holds them. */
export interface Assignment {
  readonly what: 'attacks' | 'calls' | 'controls'
  readonly way: 'bubblewrap' | 'Landlock' | 'plain'
  readonly stage: Stage
  /** Built: the worker, the addon's directory, the victim. */
  readonly built: { readonly program: string; readonly addon: string; readonly victim: string }
}

const { what, way, stage, built } = JSON.parse(process.argv[2] ?? '') as Assignment
const tools = findHostTools()
const ways = waysOf(tools)
const found = await findWorkerFiles()
const files = {
  ...found,
  program: built.program,
  packages: [...found.packages, { name: 'attacks', directory: built.addon }],
}

const stepOf = (name: keyof typeof ways) => {
  const step = ways[name]
  if (step === undefined) throw new Error(`expected ${name} on this host`)
  return step
}

const makeAttacks = async (): Promise<Outcome[]> => {
  const bait = await layBait(built.victim)
  try {
    if (what === 'attacks') return await assail({ step: stepOf(way), files, stage, bait }, attacks)
    const controls = attacks.filter(({ control }) => control !== 'none' && (control !== 'privileged' || tools.isRoot))
    const outcomes: Outcome[] = []
    // What one of them has done to itself is not to help the next.
    for (const attack of controls) {
      const step = stepOf(attack.control === 'privileged' ? 'privileged' : 'plain')
      outcomes.push(...(await assail({ step, files, stage: 'start', bait }, [attack])))
    }
    return outcomes
  } finally {
    await bait.close()
  }
}

// A call that is refused comes back at once.
const patienceMs = 30_000

const makeCalls = async (): Promise<Outcome[]> => {
  const outcomes: Outcome[] = []
  let worker: Awaited<ReturnType<typeof startAttacker>> | undefined
  for (const call of rawCalls) {
    worker ??= await startAttacker(stepOf(way), files, stage)
    const said = await give(worker, { call: call.number, words: wordsOf(call, process.pid) }, patienceMs)
    outcomes.push({ name: call.what, successes: [], said })
    if (worker.isAlive) continue
    await worker.kill()
    worker = undefined
  }
  await worker?.kill()
  return outcomes
}

process.stdout.write(JSON.stringify(what === 'calls' ? await makeCalls() : await makeAttacks()))
