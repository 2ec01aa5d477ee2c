import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isNootropicError, type Report } from '@nootropic/core'
import { readOnnx, writeOnnx } from '@nootropic/core/formats'
import { createKeySigner, signModel } from '@nootropic/validation/provenance'
import { mayExecute } from 'nootropic'
import { heldOutDigits } from './digits.ts'
import { withoutTail } from './latency.ts'
import { openAtStrongestLevel } from './open-at-strongest-level.ts'
import { demoPage } from './report.ts'
import { createStages } from './stage.ts'
import { stretchContrast } from './stretch-contrast.ts'
import { blackFrame, countRight, datasetOf, imageOf, refusalOf } from './traffic.ts'

const here = fileURLToPath(new URL('..', import.meta.url))
const day = 24 * 60 * 60 * 1000

const scoresOf = ({ scores }: Report): string =>
  Object.entries(scores)
    .map(([name, { value, threshold }]) => `${name} ${value.toFixed(2)} (needs ${threshold})`)
    .join(', ')

/** Why a registration was refused: the stages that did not pass. */
const registrationOf = async (registration: Promise<unknown>): Promise<string> => {
  const error = await registration.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!isNootropicError(error, 'MODEL_REFUSED')) throw error ?? new Error('expected the model to be refused')
  const { stages } = error.details.report as Report
  return stages.flatMap(({ name, verdict }) => (verdict === 'fail' ? [name] : [])).join(', ')
}

const kibibytes = (bytes: number): string => `${Math.round(bytes / 1024)} KiB`

/** The sealed files under a directory, read whole. */
const sealedFiles = async (directory: string): Promise<Buffer[]> => {
  const names = await readdir(directory, { recursive: true, withFileTypes: true })
  return Promise.all(names.filter((name) => name.isFile()).map((name) => readFile(join(name.parentPath, name.name))))
}

/** The contrast-stretching version, as a package on disk: the model file and its card. */
const writeNextVersion = async (directory: string): Promise<void> => {
  await mkdir(directory)
  const model = readOnnx(await readFile(join(here, 'models/digits/model.onnx')))
  await writeFile(join(directory, 'model.onnx'), writeOnnx(stretchContrast(model)))
  const card = await readFile(join(here, 'models/digits/README.md'), 'utf8')
  await writeFile(join(directory, 'README.md'), card.replaceAll('1.0.0', '1.1.0'))
}

/**
 * Sends one model all the way through and writes the report.
 *
 * @param print takes one line at a time.
 * @returns the path of the report.
 */
export const runDemo = async (print: (line: string) => void, output = join(here, 'output')): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'nootropic-demo-'))
  const digits = heldOutDigits()
  const reports: { version: string; report: Report }[] = []
  const stages = createStages(print)
  print('nootropic guards a model: from a file to a guarded answer, through a fault, to a proof of ownership\n')

  const { nootropic, isolation } = await stages.run('prove the isolation', async () => {
    const opened = await openAtStrongestLevel({
      home: join(folder, 'home'),
      manifests: join(here, 'security/models'),
      rules: [mayExecute('digit-reader', 'digits'), mayExecute('digit-reader', 'letters')],
      // The demo cannot wait minutes: alerts are judged over the last five seconds, and when it asks.
      alertTiming: { windowMs: 5000, forMs: 0, minimumCount: 20 },
      alertIntervalSeconds: 0,
    })
    const layers = Object.entries(opened.isolation.layers)
    const named = (state: string) => layers.filter(([, layer]) => layer.state === state).map(([name]) => name)
    return {
      ...opened,
      summary: `level "${opened.level}" accepted, "${opened.isolation.level}" proved by a probe inside the worker`,
      details: [
        `proved: ${named('enforced').join(', ') || 'nothing'}`,
        `not proved: ${[...named('unavailable'), ...named('failed')].join(', ') || 'nothing'}`,
        ...(opened.level === 'strong' || opened.level === 'standard'
          ? []
          : ['this host offers nothing stronger: `apt install bubblewrap` closes files and network to the worker']),
      ],
    }
  })

  try {
    const first = join(folder, 'digits-1.0.0')
    const { privateKey } = await nootropic.keyStore.createModelSigningKey('author', 'P-256')
    const signer = createKeySigner({ privateKey })
    await stages.run('sign digits 1.0.0', async () => {
      await cp(join(here, 'models/digits'), first, { recursive: true })
      const unsigned = await registrationOf(nootropic.register(first, { name: 'digits', version: '1.0.0' }))
      const { digest, resources } = await signModel(first, { signer })
      return {
        summary: `unsigned it is refused (${unsigned}); ${resources.length} files signed, ${digest.slice(0, 23)}…`,
      }
    })

    await stages.run('register digits 1.0.0', async () => {
      const { report, unmarked } = await nootropic.register(first, {
        name: 'digits',
        version: '1.0.0',
        dataset: datasetOf(digits.slice(0, 200)),
      })
      reports.push({ version: '1.0.0', report })
      return {
        findings: report.findings.length,
        summary: `${report.verdict}: ${scoresOf(report)}`,
        details: [
          ...report.stages.map(({ name, verdict, durationMs }) => `${name}: ${verdict}, ${durationMs.toFixed(0)} ms`),
          unmarked === undefined ? 'watermark: embedded before validation and sealing' : `watermark: none, ${unmarked}`,
        ],
      }
    })

    await stages.run('look at the sealed model', async () => {
      const sealed = await sealedFiles(join(folder, 'home/models'))
      const readable = sealed.some((bytes) => bytes.includes('convolution1') || bytes.includes('Gemm'))
      if (readable) throw new Error('expected the model to be unreadable at rest')
      const total = sealed.reduce((sum, { length }) => sum + length, 0)
      return { summary: `${kibibytes(total)} on disk, AES-256-GCM; no name of the graph can be read there` }
    })

    const { secret } = await nootropic.keys.create({
      subject: { type: 'service', id: 'letter-sorter' },
      roles: ['digit-reader'],
      expiresAt: new Date(Date.now() + day),
    })
    await stages.run('serve a caller', async () => {
      const right = await countRight(nootropic, secret, digits.slice(0, 500))
      return { summary: `${right} of 500 held-out digits read right in the sandbox (${(right / 5).toFixed(1)} %)` }
    })

    await stages.run('refuse what is wrong', async () => {
      const stranger = await nootropic.keys.create({
        subject: { type: 'service', id: 'stranger' },
        roles: ['visitor'],
        expiresAt: new Date(Date.now() + day),
      })
      const request = { model: 'digits', inputs: blackFrame(), credential: secret }
      const wrongType = { image: { type: 'int64', dims: [1, 1, 28, 28], data: new BigInt64Array(784) } } as const
      const wrongShape = { image: { type: 'float32', dims: [1, 784], data: new Float32Array(784) } } as const
      const refusals = {
        'no key': await refusalOf(nootropic.execute({ ...request, credential: 'guessed' })),
        'a role without the grant': await refusalOf(nootropic.execute({ ...request, credential: stranger.secret })),
        'an unknown model': await refusalOf(nootropic.execute({ ...request, model: 'letters' })),
        'a wrong type': await refusalOf(nootropic.execute({ ...request, inputs: wrongType })),
        'a wrong shape': await refusalOf(nootropic.execute({ ...request, inputs: wrongShape })),
        'not a number': await refusalOf(
          nootropic.execute({ ...request, inputs: imageOf(new Float32Array(784).fill(Number.NaN)) }),
        ),
      }
      return {
        summary: `${Object.keys(refusals).length} requests refused, each with its reason and an audit record`,
        details: Object.entries(refusals).map(([what, code]) => `${what}: ${code}`),
      }
    })

    const latency = withoutTail(nootropic.monitor.latencyHistogram('digits'))
    await stages.run('read the metrics', async () => {
      const lines = nootropic.monitor.exposition().split('\n')
      const shown = lines.filter((line) => /_(count|sum)\{/.test(line) && line.includes('model="digits"'))
      return {
        summary: `${lines.filter((line) => line && !line.startsWith('#')).length} samples in Prometheus text`,
        details: shown,
      }
    })

    await stages.run('update to digits 1.1.0', async () => {
      const next = join(folder, 'digits-1.1.0')
      await writeNextVersion(next)
      await signModel(next, { signer })
      const { report } = await nootropic.update(next, {
        name: 'digits',
        version: '1.1.0',
        dataset: datasetOf(digits.slice(0, 200)),
      })
      reports.push({ version: '1.1.0', report })
      return { findings: report.findings.length, summary: `${report.verdict}: ${scoresOf(report)}` }
    })

    await stages.run('inject a fault', async () => {
      const right = await countRight(nootropic, secret, digits.slice(500, 520))
      const codes = new Set<string>()
      for (let frame = 0; frame < 20; frame += 1) {
        codes.add(await refusalOf(nootropic.execute({ model: 'digits', inputs: blackFrame(), credential: secret })))
      }
      return {
        summary: `1.1.0 read ${right} of 20 digits, then 20 black frames: ${[...codes].join(', ')}, outputs withheld`,
      }
    })

    await stages.run('alert and respond', async () => {
      const alerts = await nootropic.monitor.evaluate()
      return { findings: alerts.length, summary: alerts.map(({ message }) => message).join('; ') || 'no alert' }
    })
    const [incident] = await nootropic.incidents.list()
    if (!incident) throw new Error('expected the fault to open an incident')
    await stages.run('repair', async () => {
      const { state, affected, restored, verification } = await nootropic.incidents.get(incident.id)
      const right = await countRight(nootropic, secret, digits.slice(520, 570))
      await nootropic.execute({ model: 'digits', inputs: blackFrame(), credential: secret })
      return {
        summary: `suspended, rolled back from ${affected?.version} to ${restored?.version}, verification ${verification}, ${state}`,
        details: [`${restored?.version} reads ${right} of 50 digits and answers a black frame with finite numbers`],
      }
    })

    await stages.run('prove whose model it is', async () => {
      const [model] = await nootropic.list()
      if (!model?.active) throw new Error('expected a version that serves')
      const mark = await nootropic.extractWatermark(model.active)
      if (mark?.verdict !== 'present') throw new Error(`expected the watermark to be read back, got ${mark?.verdict}`)
      const fingerprint = await nootropic.verify(model.active)
      return {
        summary: `watermark ${mark.verdict} (by chance: below 10^${mark.log10FalsePositive.toFixed(0)}), fingerprint ${fingerprint}`,
      }
    })

    await stages.run('verify the audit log', async () => {
      const { size } = await nootropic.audit.verify()
      return { summary: `${size} records are what was signed, at ${nootropic.audit.verifierKey.slice(0, 40)}…` }
    })

    await mkdir(output, { recursive: true })
    const path = join(output, 'report.html')
    const incidentReport = await nootropic.incidents.report(incident.id)
    await writeFile(path, demoPage({ stages: stages.ended, isolation, reports, latency, incident: incidentReport }))
    const seconds = stages.ended.reduce((sum, stage) => sum + stage.seconds, 0)
    print(`\n${stages.ended.length} stages in ${seconds.toFixed(1)} s. The report: ${path}`)
    return path
  } finally {
    await nootropic.close()
    await rm(folder, { recursive: true })
  }
}
