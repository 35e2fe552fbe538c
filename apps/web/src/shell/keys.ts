import { useEffect } from 'react'

/** True while the reader types: then letters are text. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
}

/** True where the space bar already does something: on what can be pressed. */
function isPressable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('button, summary, [role="button"]') !== null
}

/** True in what lies over the page: its letters are not the page's. */
function isOverlaid(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null
}

/**
 * Single keys that act on this page. A key with a modifier is the browser's.
 * @param scope keys of the `shell` give way to those of the page that it stands around
 */
export function useKeys(keys: Record<string, () => void>, scope: 'page' | 'shell' = 'page'): void {
  useEffect(() => {
    // A key bubbles from the document to the window: the page is asked first.
    const heard: Document | Window = scope === 'page' ? document : window
    const listen = (event: Event) => {
      if (!(event instanceof KeyboardEvent) || event.defaultPrevented) return
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isOverlaid(event.target)) return
      if (event.key === ' ' && isPressable(event.target)) return
      const act = keys[event.key]
      if (act === undefined) return
      event.preventDefault()
      act()
    }
    heard.addEventListener('keydown', listen)
    return () => heard.removeEventListener('keydown', listen)
  }, [keys, scope])
}
