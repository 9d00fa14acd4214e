# Writes reference cases. Run from this folder: Rscript regression.R
library(jsonlite)
folder <- ".."
version <- function(...) paste(c(paste("R", getRversion()), sapply(c(...), function(p) paste(p, packageVersion(p)))), collapse = "; ")
case <- function(id, what, tool, version, input, call, spec, expect, tolerance)
  writeLines(toJSON(list(id = id, what = what, tool = tool, version = version, input = input, call = call, spec = spec,
    expect = expect, tolerance = tolerance), auto_unbox = TRUE, digits = NA, pretty = TRUE, null = "null", na = "null"),
    file.path(folder, paste0(id, ".json")))
named <- function(x) as.list(x)
byname <- function(m) { r <- lapply(rownames(m), function(i) as.list(m[i, ])); names(r) <- rownames(m); r }
