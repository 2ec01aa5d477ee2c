import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { publishedPackages } from '../workspace.ts'

// Writes the public surface of each entry to `packages/<name>/etc/<entry>.api.md`, so that a change of it shows in a
// review; with --check a report that is not current is an error.
const check = process.argv.includes('--check')
const stale: string[] = []
const undocumented: string[] = []

for (const { name, folder, entries } of publishedPackages()) {
  const reportFolder = join(folder, 'etc')
  if (!existsSync(reportFolder)) mkdirSync(reportFolder)
  const written = new Set<string>()
  for (const { subpath, declarations } of entries) {
    const base = name.replace('@nootropic/', '')
    const reportFileName = subpath === '.' ? base : `${base}-${subpath.slice(2).replaceAll('/', '-')}`
    written.add(`${reportFileName}.api.md`)
    const config = ExtractorConfig.prepare({
      configObject: {
        newlineKind: 'lf',
        projectFolder: folder,
        mainEntryPointFilePath: declarations,
        compiler: { tsconfigFilePath: join(folder, 'tsconfig.build.json'), skipLibCheck: true },
        apiReport: { enabled: true, reportFolder, reportTempFolder: join(folder, 'node_modules/.api'), reportFileName },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        messages: {
          compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
          extractorMessageReporting: {
            default: { logLevel: ExtractorLogLevel.Warning },
            'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
            'ae-forgotten-export': { logLevel: ExtractorLogLevel.None },
            'ae-unresolved-link': { logLevel: ExtractorLogLevel.None },
          },
          tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        },
      },
      configObjectFullPath: undefined,
      packageJsonFullPath: join(folder, 'package.json'),
    })
    const result = Extractor.invoke(config, {
      localBuild: !check,
      showVerboseMessages: false,
      messageCallback: (message) => {
        if (message.logLevel !== ExtractorLogLevel.Error) message.logLevel = ExtractorLogLevel.None
      },
    })
    const report = readFileSync(join(reportFolder, `${reportFileName}.api.md`), 'utf8')
    for (const [, declaration] of report.matchAll(/^\/\/ @public \(undocumented\)\nexport \w+ (\w+)/gm)) {
      undocumented.push(`${reportFileName}: ${declaration}`)
    }
    if (check && result.apiReportChanged) stale.push(`${name}${subpath.slice(1)}`)
  }
  for (const file of readdirSync(reportFolder)) if (!written.has(file)) stale.push(`${name}: etc/${file} has no entry`)
}

if (undocumented.length > 0) {
  console.error(`expected a sentence on every export, found none on ${undocumented.join(', ')}`)
  process.exitCode = 1
}
if (stale.length > 0) {
  console.error(`API reports are not current: ${stale.join(', ')}. Run \`pnpm api\` and look at what changed.`)
  process.exitCode = 1
} else console.log('API reports are current')
