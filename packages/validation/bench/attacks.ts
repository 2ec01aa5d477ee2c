import { costOf, median } from '../../../tools/bench/cost.ts'
import { attackWithPgd } from '../src/behaviour/attacks/pgd.ts'
import { predictClasses } from '../src/behaviour/classifier.ts'
import { openObjectives } from '../src/behaviour/objectives.ts'
import { digitsDataset, openDigits } from '../test/attacks/digits.ts'

// What PGD costs against what cannot be saved: as many plain forward passes of the same model over the same examples.

const examples = 1000
const steps = 10
const rounds = 3

const { inputs, labels, domain } = digitsDataset(examples)
const digits = await openDigits(examples)
const { list, close } = await openObjectives(digits.subject, digits.trial)
const [objective] = list
if (objective === undefined) throw new Error('expected an objective, found none')

const attack = (): Promise<unknown> => attackWithPgd({ inputs, labels, domain, objective, radius: 0.1, steps })
const forward = async (): Promise<void> => {
  for (let step = 0; step < steps; step += 1) await predictClasses(digits.trial.classifier, inputs)
}

await attack()
const pairs: { attack: Awaited<ReturnType<typeof costOf>>; forward: Awaited<ReturnType<typeof costOf>> }[] = []
for (let round = 0; round < rounds; round += 1)
  pairs.push({ forward: await costOf(forward), attack: await costOf(attack) })
await close()
await digits.close()

const ratio = median(pairs.map((pair) => pair.attack.cpu / pair.forward.cpu))
const cpu = median(pairs.map((pair) => pair.attack.cpu))
const elapsed = median(pairs.map((pair) => pair.attack.elapsed))
const isUndisturbed = pairs.every((pair) => pair.attack.isUndisturbed)
process.stdout.write(
  [
    `| attack on ${examples.toLocaleString('en')} digits | against ${steps} forward passes | processor time | time |`,
    '| --- | ---: | ---: | ---: |',
    `| PGD, ${steps} steps | **${ratio.toFixed(1)} ×** | ${cpu.toFixed(1)} s | ${isUndisturbed ? `${elapsed.toFixed(1)} s` : 'disturbed'} |`,
    '',
  ].join('\n'),
)
