import { range } from '../behaviour/rows.ts'
import { printable } from '../scan/rule.ts'
import type { ReadingPlan } from './declaration.ts'
import { unfit } from './refusals.ts'

/** Labels as class numbers. */
export interface ClassLabels {
  readonly labels: readonly number[]
  /** The name of each class, where classes have names. */
  readonly classNames?: readonly string[]
}

/** A class number as people and numpy write it. */
const classNumber = /^\d{1,9}$/

/** What nobody calls a class: as a name it would be numbered anew, and every label with it. */
const otherNumber = /^[-+]?[\d.]+(e[-+]?\d+)?$/i

/**
 * Makes class numbers of labels that are texts: their place in `classNames`; else the number that they are, where all are
 * one; else their place among the names in the order of code units, which is how torchvision's ImageFolder numbers folders.
 *
 * @param names of all examples there are.
 * @throws NootropicError `USAGE` for a name that is none of `classNames`, and for numbers that are no class numbers
 */
export const numberLabels = (path: string, names: readonly string[], plan: ReadingPlan): ClassLabels => {
  if (plan.classNames === undefined && names.every((name) => classNumber.test(name)))
    return { labels: names.map(Number) }
  const nameless = names.indexOf('')
  if (nameless !== -1)
    throw unfit(
      path,
      'have a label for every example',
      `none at example ${nameless}`,
      'add it, or take the example out',
    )
  const number = names.find((name) => otherNumber.test(name))
  if (plan.classNames === undefined && number !== undefined)
    throw unfit(
      path,
      'have labels that are class numbers from 0, or names',
      `"${printable(number)}" among others`,
      'number the classes as the model does, or declare classNames',
    )
  const classNames = plan.classNames ?? [...new Set(names)].sort()
  const places = new Map(classNames.map((name, place) => [name, place]))
  const labels = names.map((name) => {
    const place = places.get(name)
    if (place !== undefined) return place
    throw unfit(
      path,
      'have labels that are among classNames',
      `"${printable(name)}"`,
      'add the name or correct the label',
    )
  })
  return { labels, classNames }
}

/**
 * The same for the labels of a choice of examples, of `available` there are. Names of classes that no chosen example has
 * would be missing, and the numbers of the others wrong: then they must be declared.
 */
export const numberChosenLabels = (
  path: string,
  names: readonly string[],
  available: number,
  plan: ReadingPlan,
): ClassLabels => {
  const classes = numberLabels(path, names, plan)
  if (classes.classNames === undefined || plan.classNames !== undefined || names.length === available) return classes
  throw unfit(
    path,
    'come with classNames where a choice of it is read',
    `the names of ${names.length} of ${available} examples`,
    'declare classNames in the order of the model',
  )
}

/** @throws NootropicError `USAGE` for labels that are no class numbers of the model, or too few or many */
export const verifyLabels = (path: string, labels: ArrayLike<number>, classes = Number.POSITIVE_INFINITY): void => {
  const wrong = range(labels.length).find((row) => {
    const label = labels[row] ?? Number.NaN
    return !Number.isSafeInteger(label) || label < 0 || label >= classes
  })
  if (wrong === undefined) return
  const most = classes === Number.POSITIVE_INFINITY ? '' : ` to ${classes - 1}`
  throw unfit(
    path,
    `have labels that are class numbers from 0${most}`,
    `${labels[wrong]} at example ${wrong}`,
    'number the classes as the model does, or declare classNames',
  )
}
