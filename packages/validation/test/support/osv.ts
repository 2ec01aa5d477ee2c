import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'

/** Writes files below a directory and answers the directory. */
export const writeTree = (directory: string, files: Readonly<Record<string, unknown>>): string => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return directory
}

type Events = readonly Readonly<Record<string, string>>[]

/** A record of OSV with the fields that matter. */
export const record = (
  id: string,
  [ecosystem, name]: readonly [string, string],
  events: Events,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => ({
  id,
  modified: '2026-11-01T00:00:00Z',
  summary: `about ${name}`,
  affected: [
    { package: { ecosystem, name }, ranges: [{ type: ecosystem === 'npm' ? 'SEMVER' : 'ECOSYSTEM', events }] },
  ],
  ...more,
})

/** Facts of published advisories, with the fields that matter. */
export const advisories = {
  'npm/GHSA-p6mc-m468-83gw.json': record(
    'GHSA-p6mc-m468-83gw',
    ['npm', 'lodash'],
    [{ introduced: '3.7.0' }, { fixed: '4.17.19' }],
    { aliases: ['CVE-2020-8203'], database_specific: { severity: 'HIGH' }, summary: 'Prototype Pollution in lodash' },
  ),
  'npm/GHSA-vh95-rmgr-6w4m.json': record(
    'GHSA-vh95-rmgr-6w4m',
    ['npm', 'minimist'],
    [{ introduced: '0' }, { fixed: '0.2.1' }, { introduced: '1.0.0' }, { fixed: '1.2.3' }],
    { aliases: ['CVE-2020-7598'], database_specific: { severity: 'MODERATE' } },
  ),
  'npm/MAL-2022-1.json': record('MAL-2022-1', ['npm', 'lodahs'], [{ introduced: '0' }]),
  'npm/GHSA-withdrawn.json': record('GHSA-withdrawn', ['npm', 'ms'], [{ introduced: '0' }], {
    withdrawn: '2024-01-01T00:00:00Z',
  }),
  'PyPI/PYSEC-2023-74.json': record(
    'PYSEC-2023-74',
    ['PyPI', 'requests'],
    [{ introduced: '2.3.0' }, { fixed: '2.31.0' }],
    { aliases: ['CVE-2023-32681', 'GHSA-j8r2-6x86-q33q'] },
  ),
  'PyPI/GHSA-j8r2-6x86-q33q.json': record(
    'GHSA-j8r2-6x86-q33q',
    ['PyPI', 'requests'],
    [{ introduced: '2.3.0' }, { fixed: '2.31.0' }],
    {
      aliases: ['CVE-2023-32681'],
      severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:C/C:H/I:N/A:N' }],
    },
  ),
  'PyPI/GHSA-48g7-3x6r-xfhp.json': record(
    'GHSA-48g7-3x6r-xfhp',
    ['PyPI', 'keras'],
    [{ introduced: '0' }, { fixed: '3.9.0' }],
    { aliases: ['CVE-2025-1550'], database_specific: { severity: 'HIGH' } },
  ),
  'PyPI/PYSEC-pillow.json': record(
    'PYSEC-pillow',
    ['PyPI', 'Pillow'],
    [{ introduced: '0' }, { last_affected: '10.0.0' }],
  ),
}

/** A zip as OSV publishes one: deflated entries, with the records for many entries when `isWide`. */
export const zipOf = (files: Readonly<Record<string, unknown>>, isWide = false): Buffer => {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [path, content] of Object.entries(files)) {
    const name = Buffer.from(path)
    const bytes = Buffer.from(JSON.stringify(content))
    const packed = deflateRawSync(bytes)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(bytes.length, 18)
    common.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), common, name, packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1'), common, tail, name)
    bodies.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 'latin1')
  end.writeUInt32LE(isWide ? 0xffffffff : central.length, 12)
  end.writeUInt32LE(isWide ? 0xffffffff : offset, 16)
  const wide = Buffer.alloc(76)
  wide.write('PK\u0006\u0006', 'latin1')
  wide.writeBigUInt64LE(BigInt(central.length), 40)
  wide.writeBigUInt64LE(BigInt(offset), 48)
  wide.write('PK\u0006\u0007', 56, 'latin1')
  wide.writeBigUInt64LE(BigInt(offset + central.length), 64)
  return Buffer.concat([...bodies, central, ...(isWide ? [wide] : []), end])
}
