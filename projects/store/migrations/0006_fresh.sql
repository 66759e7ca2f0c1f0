-- A model that knows nothing was called the starter until one came that has read.
update runs set base = 'fresh' where base = 'starter';
