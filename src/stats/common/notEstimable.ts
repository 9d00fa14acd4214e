/** The data cannot answer the question: never to be read as zero. */
export interface NotEstimable {
  readonly state: "not estimable";
  readonly reason: string;
}

export const notEstimable = (reason: string): NotEstimable => ({ state: "not estimable", reason });
