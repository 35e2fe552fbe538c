import { FrameworkLog, standardLog } from '@hoptrace/telemetry'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { apiModule } from './api.module.ts'
import type { ApiOptions } from './api-options.ts'
import { securityHeaders } from './http/security-headers.ts'
import { webPage } from './http/web.ts'
import { answerMeter } from './ops/answer-meter.ts'

const MAX_JSON = '256kb'

/** The api as a Nest application, not listening yet. */
export async function createApi(options: ApiOptions): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(apiModule(options), {
    bodyParser: false,
    logger: new FrameworkLog(options.log ?? standardLog('api')),
    abortOnError: false,
    // Browsers keep connections open between requests: a shutdown does not wait for them.
    forceCloseConnections: true,
  })
  app.disable('x-powered-by')
  app.set('trust proxy', options.trustedProxies ?? 0)
  if (options.onAnswer) app.use(answerMeter(options.onAnswer))
  app.use(securityHeaders)
  if (options.webDirectory !== null) app.useStaticAssets(options.webDirectory, { index: false, dotfiles: 'ignore', maxAge: '1h' })
  app.use(webPage(options.webDirectory))
  app.useBodyParser('json', { limit: MAX_JSON })
  return app
}
