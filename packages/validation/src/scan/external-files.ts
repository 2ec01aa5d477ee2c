import { lstat } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type { Finding } from '@nootropic/core'
import { externalLocation, type OnnxModel, walkTensors } from '@nootropic/core/formats'
import { refuseLocation } from './onnx/rules/external-data.ts'

/** What stands at a relative path, every part of it looked at without following a link. */
const problemAt = async (
  directory: string,
  location: string,
): Promise<{ found: string; tags: string[] } | undefined> => {
  const parts = location.split('/').filter((part) => part !== '' && part !== '.')
  for (const [index] of parts.entries()) {
    const status = await lstat(join(directory, parts.slice(0, index + 1).join(sep))).catch(() => undefined)
    if (status === undefined) return { found: 'no such file', tags: ['CWE-1104'] }
    if (status.isSymbolicLink()) return { found: 'a symbolic link', tags: ['CWE-59', 'CVE-2026-27489'] }
    const isLast = index === parts.length - 1
    if (isLast && !status.isFile()) return { found: 'no regular file', tags: ['CWE-59'] }
    if (isLast && status.nlink > 1) return { found: 'a hard link', tags: ['CWE-62', 'CVE-2026-34446'] }
  }
  return undefined
}

/** The files on disk that a model's external data names: they must be plain files beside it. */
export const checkExternalFiles = async (model: OnnxModel, path: string): Promise<Finding[]> => {
  const locations = new Set<string>()
  for (const { tensor } of walkTensors(model)) {
    const location = tensor.externalData.find(({ key }) => key === 'location')?.value
    if (tensor.dataLocation === externalLocation && location !== undefined) locations.add(location)
  }
  const findings: Finding[] = []
  for (const location of locations) {
    // A location that leads elsewhere is reported by its own rule, and never looked at.
    if (refuseLocation(location) !== undefined) continue
    const problem = await problemAt(dirname(path), location)
    if (problem === undefined) continue
    const isMissing = problem.found === 'no such file'
    findings.push({
      rule: isMissing ? 'onnx/external-file-missing' : 'onnx/external-file-linked',
      severity: isMissing ? 'medium' : 'high',
      title: 'A file that belongs to the model is not a plain file beside it',
      message: `expected external data in a regular file with one name beside the model, found ${problem.found}`,
      location: { path, inside: location },
      remediation: 'Copy the model and its data into a directory of their own.',
      references: ['https://onnx.ai/onnx/repo-docs/ExternalData.html'],
      tags: problem.tags,
    })
  }
  return findings
}
