import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiProblem } from './api/problem.ts'
import * as queries from './api/queries.ts'
import { applyTheme, PreferencesProvider } from './prefs/preferences.tsx'
import { createAppRouter } from './router.tsx'
import './styles/index.css'

applyTheme()

const client = new QueryClient({
  queryCache: new QueryCache({
    // Whatever is refused for want of a login says that the login is over: the gate then asks for another.
    onError: (error, { queryKey }) => {
      if (queryKey[0] !== 'me' && error instanceof ApiProblem && error.problem.status === 401) {
        void client.invalidateQueries({ queryKey: queries.me().queryKey })
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      // What the server refused stays refused; only what did not arrive is asked for again.
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiProblem && (error.problem.status === 0 || error.problem.status >= 502),
    },
  },
})

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <PreferencesProvider>
        <RouterProvider router={createAppRouter()} />
      </PreferencesProvider>
    </QueryClientProvider>
  </StrictMode>,
)
