import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import * as queries from '../../api/queries.ts'

/** While somebody types, the text is not sent at every key. */
const PAUSE_MS = 400

/** What the server makes of the text that stands there now; undefined until it has answered for exactly that. */
export function useRuleCheck(text: string) {
  const [asked, setAsked] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text])
  const answer = useQuery({ ...queries.ruleCheck(asked), enabled: asked.trim() !== '', retry: false })
  if (text.trim() === '') return { checked: { rules: [], faults: [] }, problem: null }
  return { checked: asked === text ? answer.data : undefined, problem: asked === text && answer.isError ? answer.error.message : null }
}
