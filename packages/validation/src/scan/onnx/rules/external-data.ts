import type { Finding, Severity } from '@nootropic/core'
import { externalLocation, type TensorProto, walkTensors } from '@nootropic/core/formats'
import { expectedBytes } from '../element-size.ts'
import { findingAt, type OnnxRule, type OnnxScan, printable } from '../rule.ts'

/** The keys that onnx.proto defines for external data; runtimes have set attributes from any other (CVE-2026-34445). */
const knownKeys = new Set(['location', 'offset', 'length', 'checksum', 'basepath'])

interface Refusal {
  readonly rule: string
  readonly severity: Severity
  readonly found: string
  readonly tags: string[]
}

/** Why a location is not a plain relative path inside the model's own directory. */
export const refuseLocation = (location: string): Refusal | undefined => {
  const escapes = (found: string): Refusal => ({
    rule: 'onnx/external-data-escapes',
    severity: 'critical',
    found,
    tags: ['CWE-22', 'CVE-2022-25882', 'CVE-2024-27318'],
  })
  // onnxruntime takes this marker for "the offset is an address in memory" (microsoft/onnxruntime pull 26762).
  if (location.includes('_ORT_MEM_ADDR_')) {
    return { rule: 'onnx/external-data-memory', severity: 'critical', found: 'a memory address', tags: ['CWE-822'] }
  }
  if (location === '') {
    return { rule: 'onnx/external-data-malformed', severity: 'high', found: 'no location', tags: ['CWE-20'] }
  }
  if (/\p{Cc}/u.test(location)) return escapes('a control character')
  if (/^[\\/]{2}/.test(location)) return escapes('a UNC path')
  if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(location)) return escapes('a URL')
  if (/^([\\/]|[A-Za-z]:|~)/.test(location)) return escapes('an absolute path')
  if (location.split(/[\\/]/).includes('..')) return escapes('a step out of the directory')
  return undefined
}

/** A number of bytes as external data writes it, or nothing when it is not one that a file could have. */
const byteNumber = (text: string): number | undefined => {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? value : undefined
}

const checkTensor = (scan: OnnxScan, tensor: TensorProto, place: string): Finding[] => {
  if (tensor.dataLocation !== externalLocation && tensor.externalData.length === 0) return []
  const report = (refusal: Refusal): Finding =>
    findingAt(scan, {
      rule: refusal.rule,
      severity: refusal.severity,
      title: 'A tensor refers to bytes outside the model file in a way that no exporter writes',
      message: `expected the name of a file beside the model, with offset and length inside it; found ${refusal.found}`,
      inside: place,
      evidence: { tensor: printable(tensor.name) },
      remediation: 'Do not load this file. Get the model from its source and compare digests.',
      references: ['https://onnx.ai/onnx/repo-docs/ExternalData.html'],
      tags: [...refusal.tags, 'AML.T0011.000'],
    })
  const malformed = (found: string): Finding =>
    report({ rule: 'onnx/external-data-malformed', severity: 'high', found, tags: ['CWE-20'] })
  const entryOf = (key: string): string | undefined => tensor.externalData.find((entry) => entry.key === key)?.value
  const findings: Finding[] = []

  const location = refuseLocation(entryOf('location') ?? '')
  if (location !== undefined) findings.push(report(location))
  const basePath = entryOf('basepath')
  if (basePath !== undefined && basePath !== '') findings.push(malformed('a base path, which moves every location'))

  const keys = tensor.externalData.map(({ key }) => key)
  for (const key of new Set(keys.filter((name) => !knownKeys.has(name)))) {
    findings.push(
      report({
        rule: 'onnx/external-data-key',
        severity: 'high',
        found: `the unknown key "${printable(key)}"`,
        tags: ['CWE-915', 'CVE-2026-34445'],
      }),
    )
  }
  if (new Set(keys).size < keys.length)
    findings.push(malformed('the same key twice, which readers resolve differently'))
  if (tensor.dataLocation !== externalLocation) findings.push(malformed('an entry in a tensor that is stored inside'))

  for (const key of ['offset', 'length']) {
    const text = entryOf(key)
    if (text !== undefined && byteNumber(text) === undefined) {
      findings.push(malformed(`"${printable(text)}" as ${key}`))
    }
  }
  const length = byteNumber(entryOf('length') ?? '')
  const expected = expectedBytes(tensor)
  if (length !== undefined && expected !== undefined && BigInt(length) !== expected) {
    findings.push(malformed(`length ${length} for a tensor of ${expected} bytes`))
  }
  return findings
}

/** External data, wherever a tensor can stand: initialisers, attributes, subgraphs, functions, training information. */
export const externalDataRule: OnnxRule = {
  name: 'external-data',
  check: (scan) => [...walkTensors(scan.model)].flatMap(({ tensor, place }) => checkTensor(scan, tensor, place)),
}
