# Panels: event study, staggered starts, synthetic control, synthetic difference-in-differences, two-stage least squares,
# randomisation. Each worked out here from its formulas with base R, sandwich, clubSandwich and quadprog.
source("common.R"); library(sandwich); library(clubSandwich); library(quadprog)
set.seed(11)
units <- 30; periods <- 8
start <- rep(-1, units); start[1:6] <- 5; start[7:12] <- 3
g <- expand.grid(unit = 0:(units - 1), period = 0:(periods - 1))
a <- rnorm(units, 50, 6); lambda <- rnorm(periods, 0, 2); x <- round(rnorm(units), 3)
g$start <- start[g$unit + 1]; g$x <- x[g$unit + 1]; g$area <- g$unit %/% 2
g$outcome <- round(a[g$unit + 1] + lambda[g$period + 1] + .4 * g$x * g$period + ifelse(g$start >= 0 & g$period >= g$start, 2 + .5 * (g$period - g$start), 0) +
  rnorm(nrow(g), 0, 1.5) , 4)
write.csv(g, file.path(folder, "staggered.csv"), row.names = FALSE)

# Event study of the units that start in period 5 against those that never do.
e <- subset(g, start %in% c(-1, 5)); e$treated <- as.integer(e$start == 5)
for (p in setdiff(0:7, 4)) { e[[paste0("p", p)]] <- as.integer(e$period == p); e[[paste0("t", p)]] <- e$treated * (e$period == p) }
f <- lm(as.formula(paste("outcome ~ factor(unit) +", paste(c(paste0("p", setdiff(0:7, 4)), paste0("t", setdiff(0:7, 4))), collapse = "+"))), e)
keep <- paste0("t", setdiff(0:7, 4))
v1 <- vcovCL(f, e$area, type = "HC0", cadjust = TRUE)[keep, keep]
case("panel-event-study", "Event study, unit and period effects, CR1 by area", "lm, sandwich", version("sandwich"), "staggered.csv",
  "lm(outcome ~ factor(unit) + period effects + treated x period), baseline 4",
  list(kind = "eventStudy", unit = "unit", period = "period", outcome = "outcome", start = "start", group = 5, baseline = 4, cluster = "area", errors = "CR1"),
  list(effect = named(setNames(coef(f)[keep], setdiff(0:7, 4))), se = named(setNames(sqrt(diag(v1)), setdiff(0:7, 4)))), 1e-8)

# Group-time effects, not-yet-treated comparison, regression on x among comparison units; errors from influence functions.
Y <- matrix(g$outcome[order(g$period, g$unit)], units)
one <- function(group, period, covariate) {
  base <- if (period < group) period - 1 else group - 1
  change <- Y[, period + 1] - Y[, base + 1]
  tr <- which(start == group); co <- which(start < 0 | start > max(period, base)); co <- setdiff(co, tr)
  X <- if (covariate) cbind(1, x) else cbind(rep(1, units))
  b <- solve(crossprod(X[co, , drop = FALSE]), crossprod(X[co, , drop = FALSE], change[co]))
  gap <- change[tr] - X[tr, , drop = FALSE] %*% b
  est <- mean(gap); inf <- numeric(units); inf[tr] <- (gap - est) / length(tr)
  m <- colMeans(X[tr, , drop = FALSE])
  inf[co] <- inf[co] - as.numeric(X[co, , drop = FALSE] %*% solve(crossprod(X[co, , drop = FALSE])) %*% m) * as.numeric(change[co] - X[co, , drop = FALSE] %*% b)
  list(est = est, inf = inf, group = group, period = period)
}
se <- function(inf) sqrt(sum(inf^2) * units / (units - 1))
staggered <- function(covariate) {
  all <- list(); for (gr in c(3, 5)) for (p in setdiff(1:7, gr - 1)) all[[length(all) + 1]] <- one(gr, p, covariate)
  aggregate <- function(items) {
    s <- sapply(items, function(i) sum(start == i$group)); w <- s / sum(s); est <- sum(w * sapply(items, `[[`, "est"))
    inf <- numeric(units); for (i in seq_along(items)) inf <- inf + w[i] * items[[i]]$inf + (start == items[[i]]$group) * (items[[i]]$est - est) / sum(s)
    list(estimate = est, se = se(inf)) }
  after <- Filter(function(i) i$period >= i$group, all); since <- sapply(all, function(i) i$period - i$group)
  list(effects = setNames(lapply(all, function(i) list(estimate = i$est, se = se(i$inf))), sapply(all, function(i) paste(i$group, i$period, sep = ":"))),
    overall = aggregate(after), byTimeSinceStart = setNames(lapply(sort(unique(since)), function(s) aggregate(all[since == s])), sort(unique(since))))
}
for (covariate in c(FALSE, TRUE))
  case(if (covariate) "panel-staggered-covariate" else "panel-staggered", "Group-time effects, not-yet-treated comparison", "base R, from the formulas", version(), "staggered.csv",
    "Callaway and Sant'Anna (2021), outcome regression", c(list(kind = "groupTime", unit = "unit", period = "period", outcome = "outcome", start = "start", comparison = "notYet"),
    if (covariate) list(covariates = list("x"))), staggered(covariate), 1e-8)

# Synthetic control of the mean of the units that start in period 5, against those that never start.
never <- which(start < 0); pre <- 1:5
simplex <- function(A, b, ridge) { k <- ncol(A); D <- crossprod(A) + diag(ridge, k)
  solve.QP(D, crossprod(A, b), cbind(rep(1, k), diag(k)), c(1, rep(0, k)), meq = 1)$solution }
target <- colMeans(Y[1:6, ]); A <- t(Y[never, pre])
w <- simplex(A, target[pre], 1e-10 * max(colSums(A^2)))
gap <- target - as.numeric(w %*% Y[never, ])
case("panel-synthetic-control", "Synthetic control on all earlier outcomes", "quadprog", version("quadprog"), "staggered.csv", "solve.QP on the simplex",
  list(kind = "syntheticControl", unit = "unit", period = "period", outcome = "outcome", start = "start", group = 5),
  list(effect = mean(gap[6:8]), gaps = gap), 1e-5)

# Synthetic difference-in-differences.
steps <- t(apply(Y[never, pre], 1, diff)); sdSteps <- sd(as.numeric(steps)); zeta <- (6 * 3)^.25 * sdSteps
C <- t(Y[never, pre] - rowMeans(Y[never, pre])); b <- target[pre] - mean(target[pre])
omega <- simplex(C, b, zeta^2 * 5 + 1e-10 * max(colSums(C^2) + zeta^2 * 5 * 0))
after <- rowMeans(Y[never, 6:8]); P <- scale(Y[never, pre], scale = FALSE)
lam <- simplex(P, after - mean(after), (1e-6 * sdSteps)^2 * length(never) + 1e-10 * max(colSums(P^2)))
change <- rowMeans(Y[, 6:8]) - as.numeric(Y[, pre] %*% lam)
case("panel-synthetic-did", "Synthetic difference-in-differences", "quadprog", version("quadprog"), "staggered.csv", "Arkhangelsky et al. (2021), algorithm 1",
  list(kind = "syntheticDid", unit = "unit", period = "period", outcome = "outcome", start = "start", group = 5),
  list(effect = mean(change[1:6]) - sum(omega * change[never]), periodWeights = lam), 1e-5)

# Two-stage least squares with clusters.
n <- 200; d <- data.frame(school = rep(1:20, each = 10)); d$offered <- as.integer(d$school %% 2 == 0); u <- rnorm(n)
d$prior <- round(rnorm(n), 4); d$takes <- as.integer(d$offered * (.9 + .5 * u) + rnorm(n, 0, .5) > .6); s <- rnorm(20)[d$school]
d$outcome <- round(1 + .5 * d$takes + .7 * d$prior + u + s + rnorm(n), 4)
write.csv(d, file.path(folder, "offer.csv"), row.names = FALSE)
X <- cbind(1, d$takes, d$prior); Z <- cbind(1, d$offered, d$prior)
H <- Z %*% solve(crossprod(Z), crossprod(Z, X)); beta <- solve(crossprod(H), crossprod(H, d$outcome)); r <- as.numeric(d$outcome - X %*% beta)
B <- solve(crossprod(H)); M <- crossprod(rowsum(H * r, d$school)); V <- B %*% M %*% B * 20 / 19 * (n - 1) / (n - 3)
first <- lm(takes ~ offered + prior, d); vf <- vcovCL(first, d$school, type = "HC1"); itt <- lm(outcome ~ offered + prior, d)
case("panel-cace", "Complier effect by two-stage least squares, CR1S by school", "base R, sandwich", version("sandwich"), "offer.csv", "solve(crossprod(H)) …",
  list(kind = "cace", outcome = "outcome", takesPart = "takes", offered = "offered", covariates = list("prior"), cluster = "school", errors = "CR1S"),
  list(effect = beta[2], se = sqrt(V[2, 2]), firstStage = unname(coef(first)[2]), instrumentF = unname(coef(first)[2]^2 / vf[2, 2]), offer = unname(coef(itt)[2])), 1e-8)

# Randomisation: all ways to choose 4 of 9 clusters in one stratum and 2 of 5 in another.
q <- data.frame(cluster = rep(1:14, times = c(3, 2, 4, 3, 2, 3, 4, 2, 3, 2, 3, 3, 2, 4)))
q$stratum <- ifelse(q$cluster <= 9, 1, 2); q$treated <- as.integer(q$cluster %in% c(1, 3, 6, 8, 11, 14))
q$outcome <- round(rnorm(nrow(q)) + .8 * q$treated + q$stratum, 3)
write.csv(q, file.path(folder, "lots.csv"), row.names = FALSE)
ns <- tapply(q$treated, q$stratum, sum)
diffOf <- function(t) { d <- sapply(1:2, function(s) { k <- q$stratum == s; mean(q$outcome[k & t == 1]) - mean(q$outcome[k & t == 0]) }); sum(ns * d) / sum(ns) }
own <- diffOf(q$treated); c1 <- combn(1:9, 4); c2 <- combn(10:14, 2)
all <- unlist(lapply(1:ncol(c1), function(i) sapply(1:ncol(c2), function(j) diffOf(as.integer(q$cluster %in% c(c1[, i], c2[, j]))))))
case("panel-randomisation", "Randomisation test over all allocations of clusters within strata", "base R", version(), "lots.csv", "combn",
  list(kind = "randomisation", outcome = "outcome", treated = "treated", strata = "stratum", cluster = "cluster"),
  list(estimate = own, p = mean(abs(all) >= abs(own) - 1e-12), allocations = length(all)), 1e-9)
