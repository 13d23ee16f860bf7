export function build(): Promise<void>;
export function buildWeb(): Promise<void>;
