/** A text that waits for a variable cannot be judged yet. */
export const isOpen = (text: string): boolean => text.includes("${");
