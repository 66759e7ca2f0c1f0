-- What came of a training is told from its curves each time it is asked.
alter table runs drop column verdict;
