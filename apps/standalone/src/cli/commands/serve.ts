import { once } from 'node:events'
import type { Command } from 'commander'
import { loadConfig } from '../../config.ts'
import { Supervisor } from '../../supervisor/supervisor.ts'
import { configFileOf, examples, outputOf } from '../context.ts'

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('run the gateway and the platform')
    .option('--next <path>', 'page that the login link opens', '/')
    .addHelpText('after', examples('serve', 'serve --config /etc/hoptrace.yaml'))
    .action(async ({ next }: { next: string }, command: Command) => {
      const output = outputOf(command)
      const config = loadConfig(configFileOf(command))
      const supervisor = new Supervisor(config, (message) => output.warn(message))
      const stopped = stopOnSignal(supervisor)
      await supervisor.start()
      const login = await supervisor.loginLink(next)
      if (output.isJson) output.json({ api: supervisor.apiUrl, gateway: config.gatewayUrl, dataDir: config.dataDir, login })
      else {
        output.line(`Hoptrace serves ${supervisor.apiUrl}; its data is in ${config.dataDir}.`)
        if (config.file === null) output.line('There is no hoptrace.yaml here, so no target can be reached: see hoptrace.example.yaml.')
        output.line(`Log in, once: ${login}`)
      }
      await stopped
    })
}

// The first signal stops in order, what was recorded first.
async function stopOnSignal(supervisor: Supervisor): Promise<void> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  await supervisor.stop()
}
