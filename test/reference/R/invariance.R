# Measurement invariance by lavaan (MLM) on simulated answers: two waves of the same people, three groups.
# Tolerance 5e-5: that is where the optimiser of lavaan stops.
# Writes invariance-waves and invariance-groups (CSV and JSON) to the folder above. Run in this folder.
suppressMessages({library(lavaan); library(jsonlite)})
set.seed(20261)
round8 <- function(x) pmin(8, pmax(1, round(x)))
write_case <- function(id, what, d, call, spec, expect, tolerance) {
  write.csv(d, file.path("..", paste0(id, ".csv")), row.names = FALSE, na = "")
  case <- list(id = id, what = what, tool = "lavaan", version = paste0("R ", getRversion(), "; lavaan ", packageVersion("lavaan")),
    input = paste0(id, ".csv"), call = call, spec = spec, expect = expect, tolerance = tolerance)
  write(toJSON(case, auto_unbox = TRUE, digits = I(17), pretty = TRUE), file.path("..", paste0(id, ".json")))
}
measures <- function(f) {
  m <- fitMeasures(f)
  list(chisq = m[["chisq"]], df = m[["df"]], scaledChisq = m[["chisq.scaled"]], scaledP = m[["pvalue.scaled"]],
    scaling = m[["chisq.scaling.factor"]], cfi = m[["cfi.robust"]], tli = m[["tli.robust"]], rmsea = m[["rmsea.robust"]],
    scaledCfi = m[["cfi.scaled"]], scaledRmsea = m[["rmsea.scaled"]], srmr = m[["srmr"]])
}
difference <- function(a, b) {
  t <- lavTestLRT(a, b)
  list(chisq = t[["Chisq diff"]][2], df = t[["Df diff"]][2], p = t[["Pr(>Chisq)"]][2])
}
result <- function(fits, means) c(lapply(fits, measures), list(
  differenceMetric = difference(fits$configural, fits$metric),
  differenceScalar = difference(fits$metric, fits$scalar), latentMeans = means))
fit <- function(model, d, ...) cfa(model, d, estimator = "MLM", meanstructure = TRUE, ...)

# --- Two waves, two scales of four and three items; item 4 has drifted, so scalar invariance fails.
n <- 260
own <- matrix(rnorm(n * 7), n, 7) * .5
A1 <- rnorm(n); B1 <- .4 * A1 + rnorm(n) * .9
A2 <- .6 * A1 + .7 * rnorm(n) + .35; B2 <- .5 * B1 + .8 * rnorm(n) + .1
lambda <- c(1.2, .9, 1.1, .8, 1, 1.3, .9); nu <- c(4, 4.4, 3.9, 4.1, 4.6, 3.7, 4.2)
wave <- function(a, b, drift) sapply(1:7, function(i) round8(nu[i] + lambda[i] * (if (i < 5) a else b) + own[, i] + rnorm(n) * .8 + (i == 4) * drift))
d <- data.frame(wave(A1, B1, 0), wave(A2, B2, .7))
names(d) <- c(paste0("before", 1:7), paste0("after", 1:7))
for (j in c(2, 9)) d[sample(n, 6), j] <- NA
u <- na.omit(d)
waves <- c("before", "after")
scale_of <- c(1, 1, 1, 1, 2, 2, 2)
model_waves <- function(level) {
  lines <- c()
  for (w in 1:2) for (s in 1:2) {
    items <- which(scale_of == s)
    label <- if (level == "configural") "" else paste0("l", items, "*")
    terms <- if (level == "configural") paste0("NA*", waves[w], items) else c(paste0("NA*", waves[w], items[1]), paste0(label, waves[w], items))
    lines <- c(lines, paste0("f", s, w, " =~ ", paste(terms, collapse = " + ")))
    lines <- c(lines, paste0("f", s, w, " ~~ ", if (w == 1 || level == "configural") "1" else "NA", "*f", s, w))
    lines <- c(lines, paste0("f", s, w, " ~ ", if (w == 1 || level != "scalar") "0" else "NA", "*1"))
    if (level == "scalar") lines <- c(lines, paste0(waves[w], items, " ~ t", items, "*1"))
  }
  c(lines, paste0("before", 1:7, " ~~ after", 1:7))
}
fits <- lapply(setNames(nm = c("configural", "metric", "scalar")), function(l) fit(paste(model_waves(l), collapse = "\n"), u))
e <- parameterEstimates(fits$scalar)
mean_of <- function(f) { r <- e[e$lhs == f & e$op == "~1", ]; list(mean = r$est, se = r$se) }
write_case("invariance-waves", "Two waves of two scales, correlated uniquenesses: configural, metric, scalar", d,
  "cfa(model, na.omit(d), estimator = 'MLM', meanstructure = TRUE)",
  list(kind = "invariance", waves = list(before = paste0("before", 1:7), after = paste0("after", 1:7)),
    scales = list(list(1, 2, 3, 4), list(5, 6, 7))),
  result(fits, list(list(mean_of("f12"), mean_of("f22")))), list(default = 5e-5, p = 1e-3))

# --- Three groups, one scale of five items; in group c item 2 loads less.
size <- c(a = 150, b = 200, c = 120)
g <- rep(names(size), size)
f <- rnorm(length(g)) * c(a = 1, b = 1.2, c = .9)[g] + c(a = 0, b = .3, c = -.2)[g]
lambda <- c(1, .9, 1.1, .8, 1.2); nu <- c(4, 4.3, 3.8, 5, 4.4)
d <- data.frame(g = g, sapply(1:5, function(i) round8(nu[i] + ifelse(g == "c" & i == 2, .3, lambda[i]) * f + rnorm(length(g)) * .9)))
names(d) <- c("g", paste0("q", 1:5))
d[sample(nrow(d), 5), 3] <- NA
model <- "f =~ q1 + q2 + q3 + q4 + q5"
u <- na.omit(d)
fits <- list(configural = fit(model, u, group = "g", std.lv = TRUE),
  metric = fit(model, u, group = "g", std.lv = TRUE, group.equal = "loadings"),
  scalar = fit(model, u, group = "g", std.lv = TRUE, group.equal = c("loadings", "intercepts")))
e <- parameterEstimates(fits$scalar)
mean_of <- function(k) { r <- e[e$lhs == "f" & e$op == "~1" & e$group == k, ]; list(mean = r$est, se = r$se) }
write_case("invariance-groups", "One scale in three groups: configural, metric, scalar", d,
  "cfa(model, na.omit(d), group = 'g', std.lv = TRUE, group.equal = ..., estimator = 'MLM', meanstructure = TRUE)",
  list(kind = "invariance", group = "g", items = paste0("q", 1:5)),
  result(fits, list(list(mean_of(2)), list(mean_of(3)))), list(default = 5e-5, p = 1e-3))
