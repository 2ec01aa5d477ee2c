import type { Severity } from '@nootropic/core'
import type { Inspection } from '../inspection.ts'
import { printable, type Rule } from '../rule.ts'
import { isObject, type JsonObject, textOf, walkObjects } from './config-walk.ts'
import { checkHazardousLayer } from './hazardous-layers.ts'
import { isKerasFunction, isKerasGadget, isKerasModule, isKerasName, valueMarks } from './keras-names.ts'
import { isBuiltinFunction, reachOf } from './python-modules.ts'
import { kerasRules } from './rules.ts'

/** Where a Keras configuration stands. */
export interface KerasPlace {
  readonly inside?: string
  /** The HDF5 format, whose loader ignores safe_mode (CVE-2025-9905). */
  readonly isHdf5?: boolean
}

/** What an object of a configuration makes the loader look up. */
interface Reference {
  readonly module: string | undefined
  readonly name: string
  readonly isFunction: boolean
  readonly registeredName: string | undefined
}

const referenceOf = (object: JsonObject, className: string): Reference => {
  const registeredName = textOf(object.registered_name)
  const module = textOf(object.module)
  if (className === 'function') {
    const name = textOf(object.config) ?? textOf((object.config as JsonObject | undefined)?.name) ?? ''
    return { module, name, isFunction: true, registeredName }
  }
  if (className === '__typespec__') {
    return { module, name: textOf(object.spec_name) ?? '', isFunction: false, registeredName }
  }
  const dot = module === undefined ? className.lastIndexOf('.') : -1
  if (dot > 0) {
    return { module: className.slice(0, dot), name: className.slice(dot + 1), isFunction: false, registeredName }
  }
  return { module, name: className, isFunction: false, registeredName }
}

interface Judgement {
  readonly rule: Rule
  readonly expected: string
  readonly severity?: Severity
}

const isClassName = (name: string): boolean => /^_?[A-Z]/.test(name)

const judgeKeras = (module: string, { name, isFunction }: Reference): Judgement | undefined => {
  if (name === 'enable_unsafe_deserialization') {
    return { rule: kerasRules['unsafe-switch'], expected: 'a configuration that leaves the safe mode alone' }
  }
  if (isKerasName(name)) return undefined
  const isCalled = isFunction || !isClassName(name)
  if (isKerasGadget(module, name, isCalled)) {
    return { rule: kerasRules['keras-gadget'], expected: 'a layer or a function on tensors' }
  }
  return { rule: kerasRules['custom-object'], expected: 'a class that Keras is known to have' }
}

const judge = (reference: Reference): Judgement | undefined => {
  const { module, name, isFunction, registeredName } = reference
  if (module !== undefined && isKerasModule(module)) return judgeKeras(module, reference)
  const isOwn = module === undefined || module === '__main__'
  if (module === 'builtins') {
    if (isFunction && isKerasFunction(name)) return undefined
    if (isBuiltinFunction(name)) {
      return { rule: kerasRules['arbitrary-callable'], expected: 'a function of Keras' }
    }
  } else if (!isOwn) {
    const reach = reachOf(module)
    if (/^tensorflow\.python\.framework\.|^tensorflow$/.test(module) && isKerasName(name)) return undefined
    if (reach === 'standard') return { rule: kerasRules['arbitrary-callable'], expected: 'a class of Keras' }
    if (reach === 'common') {
      return { rule: kerasRules['arbitrary-callable'], expected: 'a class of Keras', severity: 'high' }
    }
    if (isFunction || !isClassName(name)) return { rule: kerasRules['foreign-function'], expected: 'a class of Keras' }
    // With a package in its registered name it is found among the registered classes, whatever its name.
    if (isKerasName(name) && registeredName?.includes('>') !== true) {
      return { rule: kerasRules['disguised-name'], expected: 'the class of Keras' }
    }
  } else if (name === 'enable_unsafe_deserialization' || isKerasGadget('keras', name, false)) {
    return judgeKeras('keras', reference)
  } else if (isKerasName(name)) return undefined
  return { rule: kerasRules['custom-object'], expected: 'a class of Keras' }
}

/** Whether a document, or a part of one, is what Keras builds an object from. */
export const isKerasObject = (value: unknown): value is JsonObject =>
  isObject(value) && typeof value.class_name === 'string' && 'config' in value

/**
 * Looks at every object that a Keras configuration makes its loader build: classes and functions of Keras on tensors are
 * let through by name, all else is reported.
 */
export const checkKeras = (document: unknown, inspection: Inspection, place: KerasPlace = {}): void => {
  for (const { value, path } of walkObjects(document, inspection.budget)) {
    const className = textOf(value.class_name)
    if (className === undefined || valueMarks.has(className)) continue
    const inside = [place.inside, path()].filter((part) => part !== undefined && part !== '').join(':')
    const where = { inside: inside === '' ? undefined : inside, isHdf5: place.isHdf5 === true }
    if (checkHazardousLayer(className, value, inspection, where)) continue
    const reference = referenceOf(value, className)
    const judgement = judge(reference)
    if (judgement === undefined) continue
    const full = printable(reference.module === undefined ? reference.name : `${reference.module}.${reference.name}`)
    inspection.report({
      rule: judgement.rule,
      message: `expected ${judgement.expected}, found ${full}`,
      inside: where.inside,
      evidence: { name: full },
      severity: judgement.severity,
    })
  }
}
