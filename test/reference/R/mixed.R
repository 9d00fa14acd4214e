# Reference results for mixed models on invented pupils, written beside this folder.
#   Rscript test/reference/R/mixed.R
# lme4 stops its inner loop early and differences its own rounding, so optimiser and inner tolerance are set tight, and
# standard errors of logistic models come from numDeriv's extrapolated second derivatives of the deviance.
suppressMessages({library(lme4); library(lmerTest); library(jsonlite); library(numDeriv)})
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
out <- file.path(here, "..")

set.seed(20240611)
lea <- rep(1:8, each = 60)
school <- rep(1:40, each = 12)
class <- rep(rep(1:2, each = 6), 40)
teacher <- sample(1:15, 480, TRUE)
x <- round(rnorm(480), 3)
ses <- round(rep(rnorm(40), each = 12), 3)
phase <- rep(sample(c("infant", "junior", "middle"), 40, TRUE), each = 12)
w <- round(runif(480, 0.4, 2.5), 2)
bl <- rnorm(8, 0, .5); bs <- rnorm(40, 0, .6); bx <- rnorm(40, 0, .3); bc <- rnorm(80, 0, .4); bt <- rnorm(15, 0, .5)
room <- (school - 1) * 2 + class
eta <- .5 * x + .3 * ses + (phase == "junior") * .4 + bl[lea] + bs[school] + bx[school] * x + bc[room] + bt[teacher]
y <- round(2 + eta + rnorm(480), 4)
trials <- sample(3:12, 480, TRUE)
passed <- rbinom(480, trials, plogis(-.2 + eta))
share <- passed / trials
late <- rbinom(480, 1, plogis(-.4 + .8 * eta))
flat <- round(2 + .5 * x + rnorm(480), 4)
pupils <- data.frame(lea, school, class, teacher, x, ses, phase, w, y, trials, share, late, flat)
write.csv(pupils, file.path(out, "mixed-pupils.csv"), row.names = FALSE)
pupils <- read.csv(file.path(out, "mixed-pupils.csv"), stringsAsFactors = TRUE)
for (v in c("lea", "school", "class", "teacher")) pupils[[v]] <- factor(pupils[[v]])

version <- paste0("R ", getRversion(), "; lme4 ", packageVersion("lme4"), "; lmerTest ", packageVersion("lmerTest"),
                  "; numDeriv ", packageVersion("numDeriv"))
named <- function(v) as.list(setNames(as.numeric(v), names(v)))
components <- function(m) {
  vc <- as.data.frame(VarCorr(m))
  lapply(seq_len(nrow(vc)), function(i) list(group = vc$grp[i], term1 = vc$var1[i], term2 = vc$var2[i],
    vcov = vc$vcov[i], sdcor = vc$sdcor[i]))
}
modes <- function(m) lapply(ranef(m, condVar = FALSE), function(d) {
  d <- head(d, 10)
  setNames(lapply(seq_len(nrow(d)), function(i) if (ncol(d) == 1) d[i, 1] else as.list(d[i, , drop = FALSE])), rownames(d))
})
common <- function(m) list(fixed = named(fixef(m)), theta = named(getME(m, "theta")), logLik = as.numeric(logLik(m)),
  n = nobs(m), groups = as.list(ngrps(m)), varianceComponents = components(m), ranefFirst10 = modes(m))
put <- function(id, what, call, spec, expect, tolerance) {
  case <- list(id = id, what = what, tool = "lme4", version = version, input = "mixed-pupils.csv", call = call,
               spec = spec, expect = expect, tolerance = tolerance)
  writeLines(toJSON(case, auto_unbox = TRUE, digits = NA, na = "null", null = "null", pretty = 1), file.path(out, paste0(id, ".json")))
}
tolerance <- list(default = 1e-5, theta = 2e-4, varianceComponents = 2e-4, ranef = 1e-3, satterthwaite = 1e-3,
                  kenwardRoger = 1e-3, logLik = 1e-8)

# Kenward and Roger (1997) with n x n matrices, as the paper has it: V = sum of gamma_i G_i.
kenwardRoger <- function(m) {
  X <- getME(m, "X"); Z <- as.matrix(getME(m, "Z")); s2 <- sigma(m)^2
  L <- t(as.matrix(getME(m, "Lambdat"))); V <- s2 * (Z %*% L %*% t(L) %*% t(Z) + diag(nrow(X)))
  cn <- getME(m, "cnms"); gp <- getME(m, "Gp"); G <- list()
  for (t in seq_along(cn)) {
    q <- length(cn[[t]]); own <- Z[, (gp[t] + 1):gp[t + 1], drop = FALSE]
    part <- function(k) own[, seq(k, ncol(own), by = q), drop = FALSE]
    for (l in 1:q) for (k in l:q) G <- c(G, list(if (k == l) part(k) %*% t(part(k)) else part(k) %*% t(part(l)) + part(l) %*% t(part(k))))
  }
  G <- c(G, list(diag(nrow(X)))); r <- length(G)
  Vi <- solve(V); Phi <- solve(t(X) %*% Vi %*% X)
  VG <- lapply(G, function(g) Vi %*% g)
  P <- lapply(VG, function(a) -t(X) %*% a %*% Vi %*% X)
  I <- matrix(0, r, r); Q <- vector("list", r * r)
  for (i in 1:r) for (j in 1:r) {
    q <- t(X) %*% VG[[i]] %*% VG[[j]] %*% Vi %*% X; Q[[(i - 1) * r + j]] <- q
    I[i, j] <- (sum(VG[[i]] * t(VG[[j]])) - 2 * sum(diag(Phi %*% q)) + sum(diag(Phi %*% P[[i]] %*% Phi %*% P[[j]]))) / 2
  }
  W <- solve(I); U <- 0
  for (i in 1:r) for (j in 1:r) U <- U + W[i, j] * (Q[[(i - 1) * r + j]] - P[[i]] %*% Phi %*% P[[j]])
  PhiA <- Phi + 2 * Phi %*% U %*% Phi
  df <- sapply(seq_len(ncol(X)), function(c) {
    a <- sapply(P, function(p) (Phi %*% p %*% Phi)[c, c]); 2 * Phi[c, c]^2 / sum(W * outer(a, a))
  })
  list(se = named(setNames(sqrt(diag(PhiA)), colnames(X))), df = named(setNames(df, colnames(X))))
}

linear <- function(id, what, formula, reml = TRUE, weights = NULL, kr = TRUE) {
  control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5), calc.derivs = FALSE)
  arguments <- list(formula = as.formula(formula), data = pupils, REML = reml, control = control)
  if (!is.null(weights)) arguments$weights <- pupils[[weights]]
  m <- suppressMessages(do.call(lmerTest::lmer, arguments))
  co <- suppressMessages(coef(summary(m)))
  e <- c(common(m), list(se = named(setNames(co[, "Std. Error"], rownames(co))), sigma = sigma(m),
    satterthwaite = list(df = named(setNames(co[, "df"], rownames(co))))))
  if (kr) e$kenwardRoger <- kenwardRoger(m)
  spec <- list(kind = "lmer", formula = formula, reml = reml)
  if (!is.null(weights)) spec$weights <- weights
  put(id, what, paste0("lmer(", formula, ")"), spec, e, tolerance)
}
logistic <- function(id, what, formula, points = 1, weights = NULL, link = "logit") {
  control <- glmerControl(optimizer = "bobyqa", tolPwrss = 1e-13, optCtrl = list(rhoend = 1e-9, maxfun = 1e5), calc.derivs = FALSE)
  arguments <- list(formula = as.formula(formula), data = pupils, family = binomial(link), nAGQ = points, control = control)
  if (!is.null(weights)) arguments$weights <- pupils[[weights]]
  m <- suppressMessages(do.call(glmer, arguments))
  e <- common(m)
  e$seFromRX <- named(sqrt(diag(vcov(m, use.hessian = FALSE))) |> setNames(names(fixef(m))))
  if (points > 0) {
    f <- do.call(glmer, c(arguments, devFunOnly = TRUE))
    h <- hessian(function(p) f(p), c(getME(m, "theta"), fixef(m)), method.args = list(d = 1e-2, eps = 1e-3))
    k <- length(getME(m, "theta"))
    e$se <- named(setNames(sqrt(diag(2 * solve(h))[-seq_len(k)]), names(fixef(m))))
  }
  spec <- list(kind = "glmer", formula = formula, family = "binomial", nAGQ = points)
  if (!is.null(weights)) spec$weights <- weights
  if (link != "logit") spec$link <- link
  put(id, what, paste0("glmer(", formula, ")"), spec, e,
      list(default = 1e-4, theta = 5e-4, varianceComponents = 1e-3, ranef = 2e-3, logLik = 1e-7, se = 1e-3, seFromRX = 5e-4))
}

linear("lmer-nested", "Three nested levels, written a/b/c", "y ~ x + ses + phase + (1 | lea/school/class)")
linear("lmer-crossed", "Crossed schools and teachers, ML", "y ~ x + ses + (1 | school) + (1 | teacher)", reml = FALSE, kr = FALSE)
linear("lmer-crossed-reml", "Crossed schools and teachers, REML", "y ~ x + ses + (1 | school) + (1 | teacher)")
linear("lmer-slope-nested", "Correlated slope by school within authorities", "y ~ x * phase + (x | school) + (1 | lea)")
linear("lmer-independent", "Uncorrelated intercept and slope", "y ~ x + (x || school) + (1 | lea)")
linear("lmer-weighted-slope", "Slopes with precision weights", "y ~ x + ses + (x | school)", weights = "w", kr = FALSE)
linear("lmer-singular", "A variance estimated as 0", "flat ~ x + (1 | school)", kr = FALSE)
logistic("glmer-nested", "Binary, rooms in schools, Laplace", "late ~ x + ses + (1 | school/class)")
logistic("glmer-slope", "Binary, correlated slope, Laplace", "late ~ x + ses + (x | school)")
logistic("glmer-crossed", "Counts, crossed schools and teachers, Laplace", "share ~ x + phase + (1 | school) + (1 | teacher)", weights = "trials")
logistic("glmer-counts-agq0", "Counts, penalised step only", "share ~ x + ses + (1 | school)", points = 0, weights = "trials")
logistic("glmer-agq9", "Binary, nine points", "late ~ x + ses + (1 | school)", points = 9)
logistic("glmer-probit", "Binary probit, slope, Laplace", "late ~ x + ses + (0 + x | school) + (1 | lea)", link = "probit")
