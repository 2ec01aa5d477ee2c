import { match } from 'node:assert/strict'
import { run } from './run.ts'

/** Runs the command as a new user would, with npx. */
export const checkCommand = async (folder: string): Promise<string> => {
  const nootropic = (...words: string[]): Promise<string> =>
    run('npx', ['--no-install', 'nootropic', ...words], { cwd: folder })
  match(await nootropic('--help'), /usage: nootropic <verb>/)
  match(await nootropic('init'), /security\/models: \d+ manifests written/)
  const checked = /^(\d+) manifests are valid/m.exec(await nootropic('manifest', 'check', 'security/models'))
  if (checked === null) throw new Error('expected `nootropic manifest check` to count valid manifests')
  return `npx nootropic --help, init and manifest check work: ${checked[0]}`
}
