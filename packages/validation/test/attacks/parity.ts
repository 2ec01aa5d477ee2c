import { attackWithFgsm } from '../../src/behaviour/attacks/fgsm.ts'
import { attackWithPgd } from '../../src/behaviour/attacks/pgd.ts'
import { predictClasses } from '../../src/behaviour/classifier.ts'
import { openObjectives } from '../../src/behaviour/objectives.ts'
import { digitsDataset, openDigits } from './digits.ts'

/** What stands of the first `count` held-out digits after each attack named as in oracle.py, a character an example. */
export const standingDigits = async (count: number, names: readonly string[]): Promise<Record<string, string>> => {
  const digits = await openDigits(count)
  const { inputs, labels, domain } = digitsDataset(count)
  const { list, close } = await openObjectives(digits.subject, digits.trial)
  const [objective] = list
  if (objective?.name !== 'cross-entropy') throw new Error('expected the objective of the cross-entropy first')
  try {
    const standing: Record<string, string> = {}
    for (const name of names) {
      const [type, radius] = [name.split(' ')[0], Number(name.split(' ')[1])]
      const target = { inputs, labels, domain, objective, radius }
      const found =
        type === 'fgsm'
          ? await attackWithFgsm(target)
          : type === 'pgd'
            ? await attackWithPgd({ ...target, steps: 10 })
            : inputs
      const answers = await predictClasses(digits.trial.classifier, found)
      standing[name] = answers.map((answer, row) => (answer === labels[row] ? '1' : '0')).join('')
    }
    return standing
  } finally {
    await close()
    await digits.close()
  }
}

/** The share of ones. */
export const accuracyOf = (standing: string): number =>
  standing.split('').filter((is) => is === '1').length / standing.length

/** The share of places at which two results agree. */
export const agreement = (left: string, right: string): number =>
  left.split('').filter((is, place) => is === right[place]).length / left.length
