/** Yes, no, or `undefined` if the records do not say. */
export type Told = boolean | undefined;

export function every(answers: readonly Told[]): Told {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

export function some(answers: readonly Told[]): Told {
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

export function not(answer: Told): Told {
  return answer === undefined ? undefined : !answer;
}
